"""What lasts isn't cut by the router: its own configuration on a real HAProxy, in which a minute is a second long."""

from __future__ import annotations

import re
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from http import HTTPStatus
from pathlib import Path

import pytest

from tests.waiting import wait_until
from tests.worker.router.origins import UPGRADE, Origins
from tests.worker.router.proxy import Proxy
from tests.worker.router.service import HOST
from worker.router.config import haproxy_cfg, hosts_map
from worker.router.layout import Layout, Server
from worker.router.plan import HOSTS_MAP
from worker.router.process import command

_SECONDS = {"s": 1, "m": 60, "h": 3600}
#: Not the connect's, where the machine is what is slow.
_TIMEOUT = re.compile(r"(timeout (?:client|server|tunnel|http-\S+)) (\d+)([smh])")


class Hurried(Proxy):
    """HAProxy alone, with one server."""

    def __init__(self, data: Path, server: tuple[str, int]) -> None:
        super().__init__(data)
        self.directory.mkdir(parents=True)
        layout = Layout(1, 0, {HOST: "slot_0"}, {0: (Server("only", *server),)})
        config, count = _TIMEOUT.subn(_shorter, haproxy_cfg(layout, self.bind, None))
        assert count == 5
        (self.directory / "haproxy.cfg").write_text(config)
        (self.directory / HOSTS_MAP).write_text(hosts_map(layout))

    @contextmanager
    def up(self) -> Iterator[None]:
        with subprocess.Popen(command(self.directory)) as process:
            wait_until(self._answers)
            try:
                yield
            finally:
                process.terminate()

    def _answers(self) -> bool:
        try:
            self.connect().close()
        except ConnectionRefusedError:
            return False
        return True


def _shorter(found: re.Match[str]) -> str:
    return f"{found[1]} {int(found[2]) * _SECONDS[found[3]] * 1000 // 60}ms"


@pytest.fixture
def hurried(tmp_path: Path, servers: Origins) -> Iterator[Hurried]:
    proxy = Hurried(tmp_path, servers.start("only"))
    with proxy.up():
        yield proxy


def test_nothing_that_lasts_for_minutes_is_cut(hurried: Hurried, servers: Origins) -> None:
    """An upload that comes by and by takes longer than a server may for its answer; a WebSocket is idle meanwhile, and
    for most of that time an event stream is silent and a long poll waits."""
    with ExitStack() as stack:
        web_socket = stack.enter_context(stack.enter_context(hurried.connect()).makefile("rwb", buffering=0))
        stream, poll, upload = (stack.enter_context(hurried.client()) for _ in range(3))
        web_socket.write(UPGRADE.format(HOST).encode())
        assert b" 101 " in web_socket.readline()
        while web_socket.readline() != b"\r\n":
            pass
        stream.request("GET", "/long", headers={"Host": HOST})
        events = stream.getresponse()
        assert events.read(5) == b"first"
        poll.request("GET", "/late", headers={"Host": HOST})

        upload.putrequest("POST", "/upload", skip_host=True)
        upload.putheader("Host", HOST)
        upload.putheader("Content-Length", "14")
        upload.endheaders()
        for half_a_minute in range(14):
            upload.send(b"x")
            time.sleep(0.5)
            if half_a_minute == 8:
                servers.release()
        assert upload.getresponse().read() == b"only"
        assert events.read() == b"last"
        assert poll.getresponse().read() == b"only"
        web_socket.write(b"still here\n")
        assert web_socket.readline() == b"still here\n"


def test_what_is_silent_for_too_long_is_cut(hurried: Hurried) -> None:
    """So the hurry is felt."""
    with hurried.client() as client:
        client.request("GET", "/late", headers={"Host": HOST})
        assert client.getresponse().status == HTTPStatus.GATEWAY_TIMEOUT
