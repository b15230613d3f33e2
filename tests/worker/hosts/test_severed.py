"""An engine that goes away in the middle of each long call: trouble to come back from, never the user's fault."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from cli import base_image
from tests.worker.hosts.docker_host import Host
from tests.worker.hosts.severed import Way
from worker.hosts import DockerEngine, buildkit
from worker.ports import Away, BuildOrder

pytestmark = [
    pytest.mark.docker,
    # docker-py forgets to close a socket that couldn't connect.
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


@pytest.fixture
def way(tmp_path: Path) -> Iterator[Way]:
    with Way(tmp_path / "docker.sock").open() as way:
        yield way


def cut_at_first_word(way: Way) -> Callable[[str], None]:
    def on_line(line: str) -> None:
        if line == "begun":
            way.cut()

    return on_line


@pytest.mark.parametrize("builder", ["buildkit", "classic"])
def test_in_a_build(host: Host, way: Way, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, builder: str) -> None:
    if builder == "classic":
        monkeypatch.setattr(buildkit, "find_command", lambda: None)
    (tmp_path / "Dockerfile").write_text(f"FROM {base_image.NAME}\nRUN echo begun; sleep 1000\n")
    order = BuildOrder(tmp_path, Path("Dockerfile"), f"tidegate-test/built:{host.mark}", host.labels, no_cache=True)
    with pytest.raises(Away, match="can't be reached"):
        DockerEngine("local", way.url).build(order, cut_at_first_word(way), 60, lambda: False)


def test_in_a_one_off_command(host: Host, way: Way) -> None:
    with pytest.raises(Away, match="can't be reached"):
        DockerEngine("local", way.url).run(
            host.spec("echo begun; sleep 1000"), cut_at_first_word(way), 60, lambda: False
        )


def test_while_a_log_is_followed(host: Host, way: Way) -> None:
    container = host.engine.start(host.spec("echo begun; sleep 1000"))
    with pytest.raises(Away, match="can't be reached"):
        DockerEngine("local", way.url).logs(container.id, cut_at_first_word(way), lambda: False)


def test_between_two_calls(host: Host, way: Way) -> None:
    engine = DockerEngine("local", way.url)
    assert engine.owned(host.labels) == []
    way.cut()
    with pytest.raises(Away, match="can't be reached"):
        engine.owned(host.labels)
