"""The proxy's process: killed, started twice, stopped; it serves the last table at once."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from tests.worker.router.origins import Origins
from tests.worker.router.proxy import Proxy, wait_until
from tests.worker.router.service import HOST, Service
from worker.router.process import STOP_SIGNAL, command


@pytest.fixture
def service(proxy: Proxy, servers: Origins) -> Service:
    service = Service(proxy, servers)
    service.deploy("one")
    return service


def test_killed_and_started_again_it_serves_the_last_table(service: Service) -> None:
    service.proxy.stop(signal.SIGKILL)
    service.proxy.start()
    assert service.proxy.get(HOST) == (200, "one")
    service.deploy("two")
    assert service.proxy.get(HOST) == (200, "two")


def test_files_that_are_torn_are_written_anew(service: Service) -> None:
    service.proxy.stop(signal.SIGKILL)
    for name in ("haproxy.cfg", "hosts.map"):
        (service.proxy.directory / name).write_text("torn")
    service.proxy.start()
    assert service.proxy.get(HOST) == (200, "one")


def test_without_a_readable_layout_it_starts_empty_and_takes_the_next_table(service: Service) -> None:
    service.proxy.stop(signal.SIGKILL)
    (service.proxy.directory / "layout.json").write_text('{"slots": 6')
    service.proxy.start()
    assert service.proxy.get(HOST)[0] == 404
    service.apply()
    assert service.proxy.get(HOST) == (200, "one")


def test_one_left_behind_by_an_earlier_run_gives_way(service: Service) -> None:
    left_behind = service.proxy.process
    assert left_behind
    service.proxy.start()
    left_behind.wait(20)
    wait_until(lambda: not refuses(service.proxy))
    assert service.proxy.get(HOST) == (200, "one")


def test_a_second_one_on_the_same_address_does_not_start(service: Service, tmp_path: Path) -> None:
    second = Proxy(tmp_path / "other")
    second.bind = service.proxy.bind
    assert "cannot bind socket" in second.refusal()


def test_told_to_stop_it_ends_what_it_began(service: Service) -> None:
    with service.proxy.client() as client:
        client.request("GET", "/long", headers={"Host": HOST})
        answer = client.getresponse()
        assert answer.read(5) == b"first"
        os.kill(service.proxy.pid, STOP_SIGNAL)
        wait_until(lambda: refuses(service.proxy))
        service.servers.release()
        assert answer.read() == b"last"
    service.proxy.stop(STOP_SIGNAL)


def refuses(proxy: Proxy) -> bool:
    try:
        proxy.connect().close()
    except ConnectionRefusedError:
        return True
    return False


def test_a_directory_with_a_long_name_and_spaces(tmp_path: Path, servers: Origins) -> None:
    """A Unix socket's address has at most 107 bytes."""
    proxy = Proxy(tmp_path / "a directory" / ("x" * 100))
    proxy.data.mkdir(parents=True)
    proxy.start()
    try:
        Service(proxy, servers).deploy("one")
        assert proxy.get(HOST) == (200, "one")
    finally:
        proxy.stop()


def test_without_haproxy_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("shutil.which", lambda *args, **kwargs: None)
    with pytest.raises(FileNotFoundError, match="apt-get install haproxy"):
        command(tmp_path)
