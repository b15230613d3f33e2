"""A real HAProxy for tests, started as the local runner starts it, and a plain client of it."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from cli.product import ROUTER
from tests.webapp.product import ENVIRONMENT
from tidegate.door import Tls
from worker.ports import Unavailable
from worker.router import HaproxyRouter
from worker.router.layout import Running, owner
from worker.router.runtime import Runtime

_LINE = (sys.executable, *ROUTER[1:])


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class Proxy:
    """The process of `python -m worker router` with its files in `data`, on a port of its own."""

    def __init__(self, data: Path, tls: Tls | None = None, port: int | None = None) -> None:
        self.data, self.directory = data, data / "router"
        self.tls = tls
        self.port = port or free_port()
        self.bind = f"127.0.0.1:{self.port}"
        self.log = self.directory.with_suffix(".log")
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def router(self) -> HaproxyRouter:
        return HaproxyRouter(self.directory, self.bind, self.tls)

    @property
    def pid(self) -> int:
        assert self.process is not None
        return self.process.pid

    def start(self) -> None:
        """Returns once it takes requests and commands; HAProxy opens its sockets one after the other."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(_LINE, env=self.environment(), stdout=log, stderr=log)
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            assert self.process.poll() is None, self.log.read_text()
            try:
                self.connect().close()
                self.running()
            except (ConnectionRefusedError, Unavailable):
                time.sleep(0.01)
            else:
                return
        raise AssertionError(self.log.read_text())

    def refusal(self) -> str:
        """What it says where it can't start."""
        done = subprocess.run(_LINE, env=self.environment(), capture_output=True, text=True, timeout=60, check=False)
        assert done.returncode == 1
        return done.stderr

    def environment(self) -> dict[str, str]:
        own = {**os.environ, **ENVIRONMENT, "TIDEGATE_DATA": str(self.data), "TIDEGATE_ROUTER_BIND": self.bind}
        tls = self.tls
        if tls is None:
            return own
        sources = {"TIDEGATE_TLS": tls.certificates}
        if tls.acme is not None:
            sources |= {"TIDEGATE_ACME": tls.acme.directory, "TIDEGATE_ACME_CA": tls.acme.ca}
        return {
            **own,
            **{name: value for name, value in sources.items() if value is not None},
            "TIDEGATE_URL": f"https://{tls.dashboard}",
            "TIDEGATE_DOMAIN": "apps.test" if tls.port is None else f"apps.test:{tls.port}",
            "TIDEGATE_TLS_BIND": tls.bind,
            "TIDEGATE_WEB": tls.web,
        }

    def stop(self, how: signal.Signals = signal.SIGTERM) -> None:
        if self.process is not None:
            os.kill(self.process.pid, how)
            self.process.wait(20)
            self.process = None

    def connect(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), 10)

    @contextmanager
    def client(self) -> Iterator[http.client.HTTPConnection]:
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)) as client:
            yield client

    def get(self, host: str, path: str = "/") -> tuple[int, str]:
        """Status and body of one GET on a connection of its own."""
        with self.client() as client:
            client.request("GET", path, headers={"Host": host})
            answer = client.getresponse()
            return answer.status, answer.read().decode()

    def running(self) -> Running:
        return Runtime(self.directory).running()

    def deployments(self) -> set[str]:
        """Those that it has a server of, even a leaving one."""
        return {owner(name) for names in self.running().servers.values() for name in names}


def wait_until(condition: Callable[[], bool], seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it never came true"
        time.sleep(0.02)
