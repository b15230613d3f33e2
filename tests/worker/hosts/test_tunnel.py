"""An engine that is reached by ssh, over a real sshd: a deploy's life, a connection that is lost, and who is let in."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from cli import base_image
from tests.sshd import Sshd, sshd
from tests.waiting import wait_until
from tests.worker.hosts.docker_host import Host
from worker.hosts import DockerEngine, Tunnel, connection
from worker.hosts import tunnel as tunnels
from worker.ports import Away, BuildOrder, Canceled

pytestmark = [
    pytest.mark.docker,
    # docker-py forgets to close a socket that couldn't connect.
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sshd]:
    with sshd(tmp_path_factory.mktemp("sshd")) as made:
        yield made


@pytest.fixture
def tunnel(server: Sshd, tmp_path: Path) -> Iterator[Tunnel]:
    made = Tunnel(server.url, tmp_path / "ssh", key=str(server.key), known_hosts=str(server.known_hosts))
    yield made
    made.close()


@pytest.fixture
def engine(server: Sshd, tunnel: Tunnel) -> DockerEngine:
    return DockerEngine("there", server.url, address="127.0.0.1", tunnel=tunnel)


def never() -> bool:
    return False


def ignore(line: str) -> None:
    """Nobody reads it."""


def _order(host: Host, context: Path, *instructions: str) -> BuildOrder:
    (context / "Dockerfile").write_text("\n".join([f"FROM {base_image.NAME}", *instructions, ""]))
    return BuildOrder(context, Path("Dockerfile"), f"tidegate-test/built:{host.mark}", host.labels, no_cache=True)


def test_a_deploys_life(host: Host, engine: DockerEngine, tmp_path: Path) -> None:
    order = _order(host, tmp_path, "RUN echo a layer >/layer")
    built = engine.build(order, ignore, 60, never)
    saved = list(engine.save(order.image))
    host.engine.remove_image(order.image)
    engine.load(iter(saved), 60, never)
    assert host.engine.image_id(order.image) == built

    told: list[str] = []
    happened: list[str] = []
    instance = {**host.labels, "tidegate.role": "instance"}
    script = "echo begun; trap 'echo ended; exit 0' TERM; while :; do sleep 0.05; done"
    with ThreadPoolExecutor(2) as pool:
        events = pool.submit(engine.events, happened.append, lambda: happened[-1:] == [""], 60)
        # Nobody says when the line is open: something is made to happen until it is heard.
        wait_until(lambda: engine.start(replace(host.spec("true"), labels=instance)).id in happened)
        started = engine.start(replace(host.spec(script, order.image), labels=instance))
        logs = pool.submit(engine.logs, started.id, told.append, never)
        wait_until(lambda: told == ["begun"] and started.id in happened)
        engine.stop(started.id, "SIGTERM")
        logs.result()
        wait_until(lambda: happened.count(started.id) > 1)
        happened.append("")
        with pytest.raises(Canceled):
            events.result()
    assert told == ["begun", "ended"]
    seen = engine.inspect(started.id)
    assert seen is not None
    assert (seen.running, seen.exit_code) == (False, 0)
    engine.remove(started.id)
    assert engine.inspect(started.id) is None


def test_a_connection_that_is_lost_is_a_host_that_is_away_and_is_made_anew(
    host: Host, server: Sshd, engine: DockerEngine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "_SILENCE", 0.0)
    started = engine.start(host.spec("sleep 1000"))

    def lose(line: str) -> None:
        if line == "begun":
            server.cut()

    with pytest.raises(Away, match="can't be reached"):
        engine.build(_order(host, tmp_path, "RUN echo begun; sleep 1000"), lose, 60, never)
    with pytest.raises(Away) as away:
        engine.inspect(started.id)
    assert "Connection refused" in away.value.detail
    server.start()
    seen = engine.inspect(started.id)
    assert seen is not None
    assert seen.running, "nothing happened to what runs there"
    talking = engine.start(host.spec("echo begun; sleep 1000"))
    with pytest.raises(Away, match="can't be reached"):
        engine.logs(talking.id, lose, never)
    server.start()
    assert {each.id for each in engine.owned(host.labels)} == {started.id, talking.id}


def test_what_we_end_ourselves_is_no_silence_of_the_host(host: Host, engine: DockerEngine, tmp_path: Path) -> None:
    """Nobody else is told that it is away: it has answered all the time."""
    with pytest.raises(TimeoutError):
        engine.load(engine.save(base_image.NAME), 0.0, never)
    assert engine.image_id(base_image.NAME) is not None
    talking, said = engine.start(host.spec("echo begun; sleep 1000")), list[str]()
    engine.logs(talking.id, said.append, lambda: bool(said))
    assert engine.image_id(base_image.NAME) is not None
    with pytest.raises(Canceled):
        engine.build(_order(host, tmp_path, "RUN echo begun; sleep 1000"), said.append, 60, lambda: "begun" in said[1:])
    assert engine.image_id(base_image.NAME) is not None


def test_a_link_that_says_nothing_any_more_is_noticed(
    host: Host, server: Sshd, engine: DockerEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(tunnels.OPTIONS, "ServerAliveInterval", "1")
    monkeypatch.setitem(tunnels.OPTIONS, "ServerAliveCountMax", "1")
    container = engine.start(host.spec("echo begun; sleep 1000"))
    try:
        with pytest.raises(Away, match="can't be reached"):
            engine.logs(container.id, lambda line: server.freeze(), never)
    finally:
        server.thaw()


@pytest.mark.parametrize(
    ("mistake", "said"),
    [("nobody's host key", "Host key verification failed"), ("another's key", "Permission denied")],
)
def test_nobody_is_trusted_unseen_and_nobody_asked(server: Sshd, tmp_path: Path, mistake: str, said: str) -> None:
    known, key = tmp_path / "known_hosts", tmp_path / "key"
    known.write_text("" if mistake == "nobody's host key" else server.known_hosts.read_text())
    subprocess.run(("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(key)), check=True)
    way = Tunnel(server.url, tmp_path / "ssh", key=str(key), known_hosts=str(known))
    with pytest.raises(Away, match="Docker host there can't be reached") as away:
        DockerEngine("there", server.url, tunnel=way).warm()
    assert f"Docker host there at {server.url} can't be reached" in away.value.detail
    assert said in away.value.detail


_OPENS_AND_WAITS = """
import sys, time
from pathlib import Path
from worker.hosts import Tunnel
url, directory, key, known_hosts = sys.argv[1:]
print(Tunnel(url, Path(directory), key=key, known_hosts=known_hosts).open(), flush=True)
time.sleep(1000)
"""


def test_it_ends_with_its_process_and_leaves_nothing(server: Sshd, tunnel: Tunnel, tmp_path: Path) -> None:
    words = (server.url, str(tmp_path / "ssh"), str(server.key), str(server.known_hosts))
    with subprocess.Popen((sys.executable, "-c", _OPENS_AND_WAITS, *words), stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        theirs = Path(other.stdout.readline().strip().removeprefix("unix://"))
        other.kill()
    wait_until(lambda: not tunnels.listens(theirs))
    ours = Path(tunnel.open().removeprefix("unix://"))
    assert list((tmp_path / "ssh").iterdir()) == [ours], "what the other left is gone"
    tunnel.close()
    assert not tunnels.listens(ours)


def test_each_host_has_a_near_end_of_its_own(tmp_path: Path) -> None:
    """However alike their addresses begin: one's calls would reach the other's engine."""
    names = ("production-docker-host-01.example.com", "production-docker-host-02.example.com", "[fd00::5]")
    urls = [*(f"ssh://a@{name}" for name in names), "ssh://10.0.0.5/run/1.sock", "ssh://10.0.0.5/run/2.sock"]
    ends = {Tunnel(url, tmp_path).near for url in urls}
    assert len(ends) == len(urls)
    assert not any(":" in each.name for each in ends)
