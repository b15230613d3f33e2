"""Both builders, with the same contexts, judged by the same assertions."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from cli import base_image
from tests.waiting import wait_until
from tests.worker.hosts.docker_host import URL, Host
from worker.hosts import buildkit, builds
from worker.ports import BuildFailed, BuildOrder, Canceled, Unavailable

pytestmark = pytest.mark.docker


@pytest.fixture(params=["buildkit", "classic"], autouse=True)
def builder(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Classic is what there is where no command can do BuildKit."""
    assert buildkit.find_command() is not None
    if request.param == "classic":
        monkeypatch.setattr(buildkit, "find_command", lambda: None)


def order(host: Host, context: Path, *instructions: str) -> BuildOrder:
    (context / "Dockerfile").write_text("\n".join([f"FROM {base_image.NAME}", *instructions, ""]))
    image = f"tidegate-test/built:{host.mark}"
    return BuildOrder(context, Path("Dockerfile"), image, host.labels, no_cache=True)


def build(host: Host, todo: BuildOrder, stop: Callable[[], bool] = lambda: False) -> tuple[str, list[str]]:
    lines: list[str] = []
    return host.engine.build(todo, lines.append, 60, stop), lines


def test_an_image_carries_its_labels_and_its_arguments_were_there(host: Host, tmp_path: Path) -> None:
    todo = order(host, tmp_path, "ARG WORD=none", "RUN echo the word is $WORD")
    image_id, lines = build(host, replace(todo, arguments={"WORD": "tide gate", "LD_PRELOAD": "/x.so"}))
    image = host.client.images.get(todo.image)
    assert image.id == image_id == host.engine.image_id(todo.image)
    assert image.labels == {**image.labels, **host.labels}
    assert "the word is tide gate" in lines


def test_what_the_ignore_file_names_is_left_out(host: Host, tmp_path: Path) -> None:
    for name in ("kept.txt", "secret.env", "deep/secret.env"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(name)
    (tmp_path / ".dockerignore").write_text("# comment\n**/*.env\n!deep/secret.env\n")
    _, lines = build(host, order(host, tmp_path, "COPY . /app", "RUN find /app -type f | sort"))
    assert [line for line in lines if line.startswith("/app/")] == [
        "/app/.dockerignore",
        "/app/Dockerfile",
        "/app/deep/secret.env",
        "/app/kept.txt",
    ]


def test_a_dockerfile_may_lie_elsewhere(host: Host, tmp_path: Path) -> None:
    context = tmp_path / "context"
    context.mkdir()
    (context / "a.txt").write_text("a")
    todo = order(host, tmp_path, "COPY a.txt /a.txt", "RUN cat /a.txt; echo")
    _, lines = build(host, replace(todo, context=context, dockerfile=tmp_path / "Dockerfile"))
    assert "a" in lines


def test_a_link_in_the_tree_is_sent_as_a_link(host: Host, tmp_path: Path) -> None:
    outside = tmp_path / "outside.txt"
    outside.write_text("the host's own")
    context = tmp_path / "context"
    context.mkdir()
    (context / "link").symlink_to(outside)
    _, lines = build(host, order(host, context, "COPY . /app", "RUN ls -l /app/link; cat /app/link || echo dangling"))
    assert any(str(outside) in line for line in lines)
    assert "dangling" in lines
    assert not any("own" in line for line in lines)


def test_a_dockerfile_that_is_a_link_out_of_the_tree_is_not_followed(host: Host, tmp_path: Path) -> None:
    (tmp_path / "outside").mkdir()
    todo = order(host, tmp_path / "outside", "RUN echo the host's own")
    tree = tmp_path / "tree"
    tree.mkdir()
    (tree / "Dockerfile").symlink_to(tmp_path / "outside" / "Dockerfile")
    (tree / "link").symlink_to(tmp_path / "outside")
    for dockerfile in (Path("Dockerfile"), tree / "link" / "Dockerfile"):
        with pytest.raises(BuildFailed, match="leads out"):
            build(host, replace(todo, context=tree, dockerfile=dockerfile))


def test_a_context_that_is_a_link_out_of_the_tree_is_not_followed(host: Host, tmp_path: Path) -> None:
    tree = tmp_path / "tree"
    tree.mkdir()
    todo = order(host, tree, "COPY . /")
    (tree / "link").symlink_to(tmp_path)
    with pytest.raises(BuildFailed, match="leads out"):
        build(host, replace(todo, context=tree / "link", dockerfile=tree / "Dockerfile"))


@pytest.mark.parametrize(
    ("instructions", "line", "exit_code", "said"),
    [
        (["RUN echo \\", "  doomed; exit 3"], 2, 3, "exit code 3"),
        (["", "COPY gone /"], 3, None, "gone"),
        (["RUN true", "RNU false"], 3, None, "RNU"),
    ],
)
def test_a_failure_names_the_line(
    host: Host, tmp_path: Path, instructions: list[str], line: int, exit_code: int | None, said: str
) -> None:
    with pytest.raises(BuildFailed, match=said) as failure:
        build(host, order(host, tmp_path, *instructions))
    assert (failure.value.line, failure.value.exit_code) == (line, exit_code)


def test_a_full_disk_is_the_hosts_fault(host: Host, tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="out of disk space"):
        build(host, order(host, tmp_path, "RUN echo 'tar: write error: No space left on device'; exit 1"))


def test_stopping_leaves_nothing_running(host: Host, tmp_path: Path) -> None:
    marker = f"sleep 1{int(host.mark, 16) % 10**8}"
    begun: list[str] = []
    todo = order(host, tmp_path, f"RUN echo begun; exec {marker}")
    with pytest.raises(Canceled):
        host.engine.build(todo, begun.append, 60, lambda: running(marker))
    wait_until(lambda: not running(marker))
    assert host.engine.image_id(todo.image) is None


def test_a_build_dies_with_its_worker(host: Host, tmp_path: Path) -> None:
    marker = f"sleep 1{int(host.mark, 16) % 10**8}"
    todo = order(host, tmp_path, f"RUN exec {marker}")
    program = f"""
from pathlib import Path
from worker.hosts import DockerEngine, buildkit
from worker.ports import BuildOrder
if {buildkit.find_command()!r} is None:
    buildkit.find_command = lambda: None
order = BuildOrder(Path({str(tmp_path)!r}), Path("Dockerfile"), {todo.image!r}, {dict(host.labels)!r})
DockerEngine("local", {URL!r}).build(order, lambda line: None, 600, lambda: False)
"""
    worker = subprocess.Popen([sys.executable, "-c", program], cwd=Path(builds.__file__).parents[2])
    try:
        wait_until(lambda: running(marker))
    finally:
        os.kill(worker.pid, signal.SIGKILL)
        worker.wait()
    wait_until(lambda: not running(marker))


def running(command: str) -> bool:
    """Whether a process of this very command line is anywhere on this machine; where busybox's shell has the command
    built in, it is one after `exec` only."""
    for process in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if process.read_bytes().replace(b"\0", b" ").strip().decode(errors="replace") == command:
                return True
        except OSError:
            continue
    return False


def test_a_secret_is_there_for_the_step_that_mounts_it_and_in_no_layer(host: Host, tmp_path: Path) -> None:
    todo = order(host, tmp_path, "RUN --mount=type=secret,id=TOKEN test $(wc -c < /run/secrets/TOKEN) = 7")
    todo = replace(todo, secrets={"TOKEN": "hunter2"})
    if buildkit.find_command() is None:
        with pytest.raises(BuildFailed, match="BuildKit"):
            build(host, todo)
        return
    build(host, todo)
    image = host.client.images.get(todo.image)
    assert "hunter2" not in repr(image.history()) + repr(image.attrs)
    assert b"hunter2" not in b"".join(image.save())
