"""The runner's promises: order, readiness, restarts, and that nobody stays behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from cli.part import Part
from cli.supervisor import NotStartedError, Supervisor, supervised


def shell(name: str, script: str, ready: Callable[[], bool] = lambda: True, **more: object) -> Part:
    return Part(name, ("sh", "-c", script), {}, ready, **more)  # type: ignore[arg-type]  # a test's shorthand


def until(condition: Callable[[], object], seconds: float = 15.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it never came true"
        time.sleep(0.02)


def filled(note: Path) -> bool:
    return note.exists() and note.read_text() != ""


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


@contextmanager
def running(parts: list[Part], logs: Path) -> Iterator[tuple[Supervisor, list[str]]]:
    said: list[str] = []
    with supervised(Supervisor(parts, logs, os.environ, said.append)) as supervisor:
        yield supervisor, said


def test_each_part_starts_when_the_one_before_is_ready_and_they_stop_in_reverse(tmp_path: Path) -> None:
    story = tmp_path / "story"

    def member(name: str) -> Part:
        script = f"""
            trap 'echo {name} stops >>{story}; exit 0' TERM
            sleep 0.1; echo {name} starts >>{story}; touch {tmp_path}/{name}
            while :; do sleep 0.02; done"""
        return shell(name, script, (tmp_path / name).exists)

    first = shell("release", f"echo release >>{story}", once=True)
    with running([first, member("web"), member("worker")], tmp_path):
        pass
    assert story.read_text().splitlines() == ["release", "web starts", "worker starts", "worker stops", "web stops"]


def test_a_part_that_is_killed_comes_back(tmp_path: Path) -> None:
    with running([shell("web", "exec sleep 1000")], tmp_path) as (supervisor, said):
        first = supervisor.pid("web")
        os.kill(first, signal.SIGKILL)
        until(lambda: supervisor.pid("web") != first)
        assert alive(supervisor.pid("web"))
        assert any("web ended with -9" in line for line in said)


def test_what_a_killed_part_had_started_is_not_left_beside_its_successor(tmp_path: Path) -> None:
    note = tmp_path / "grandchild"
    # setsid-less background job in a process group of its own, as a queue worker's job is
    part = shell(
        "worker", f"set -m; sleep 1000 & echo $! >{note}; wait", ready=lambda: bool(note.exists() and note.read_text())
    )
    with running([part], tmp_path) as (supervisor, _):
        grandchild = int(note.read_text())
        first = supervisor.pid("worker")
        os.kill(first, signal.SIGKILL)
        until(lambda: supervisor.pid("worker") != first)
        assert not alive(grandchild)


def test_a_part_that_never_gets_ready_ends_everything_and_says_why(tmp_path: Path) -> None:
    pids = tmp_path / "pid"
    parts = [
        shell("redis", f"echo $$ >{pids}; exec sleep 1000", lambda: filled(pids)),
        shell("web", "echo no such setting; exit 3", lambda: False),
    ]
    supervisor = Supervisor(parts, tmp_path / "logs", os.environ, lambda _: None)
    with pytest.raises(NotStartedError, match=r"(?s)web ended with 3.*no such setting"):
        supervisor.run()
    assert not alive(int(pids.read_text()))


def test_a_failed_migration_keeps_the_rest_from_starting(tmp_path: Path) -> None:
    touched = tmp_path / "touched"
    parts = [shell("release", "echo locked; exit 1", once=True), shell("web", f"touch {touched}; exec sleep 1000")]
    with pytest.raises(NotStartedError, match=r"(?s)release ended with 1.*locked"):
        Supervisor(parts, tmp_path, os.environ, lambda _: None).run()
    assert not touched.exists()


def test_a_part_that_ignores_sigterm_is_killed_after_its_grace(tmp_path: Path) -> None:
    ready = tmp_path / "ready"
    stubborn = shell("worker", f"trap '' TERM; touch {ready}; while :; do sleep 0.02; done", ready.exists, grace=0.2)
    with running([stubborn], tmp_path) as (supervisor, _):
        pid = supervisor.pid("worker")
    assert not alive(pid)


def test_no_child_survives_a_runner_that_is_killed(tmp_path: Path) -> None:
    note = tmp_path / "pid"
    runner = f"""
import os
from pathlib import Path
from cli.part import Part
from cli.supervisor import Supervisor
note = Path({str(note)!r})
ready = lambda: note.exists() and bool(note.read_text())
part = Part("web", ("sh", "-c", f"echo $$ >{{note}}; exec sleep 1000"), {{}}, ready)
Supervisor([part], Path({str(tmp_path)!r}), os.environ, lambda line: print(line, flush=True)).run()
"""
    with subprocess.Popen([sys.executable, "-c", runner], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert b"web is up" in process.stdout.readline()
        child = int(note.read_text())
        assert alive(child)
        process.kill()
    until(lambda: not alive(child))
