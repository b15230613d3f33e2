"""A real authority for tests: Let's Encrypt's pebble, with its own DNS, which says where each name is."""

from __future__ import annotations

import json
import os
import shutil
import ssl
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from tests.worker.router.authority import Authority
from tests.worker.router.proxy import free_port
from tidegate.acme import Acme

#: Whose account it binds ours to, where it asks for that.
BINDING = ("kid-1", "zWNDZM6eQGHWpSRTPal5eIUYFTu7EajVIoguysqZ9wG44nMEtx3MUAsUDkMTQ12W")


class Pebble:
    """It looks for the router at `http_port` of the address that its DNS gives: 127.0.0.1, if not told otherwise."""

    def __init__(self, place: Path) -> None:
        self._place = place
        self.http_port, self._port, self._management, self._dns, self._names = (free_port() for _ in range(5))
        self._own = Authority()
        (place / "ca.pem").write_bytes(self._own.certificate)
        (place / "own.pem").write_bytes(self._own.pem("localhost"))
        self._process: subprocess.Popen[bytes] | None = None
        self._resolver = self._run("pebble-challtestsrv", *self._resolving())
        self._web = httpx.Client(verify=self._own.trusting(), trust_env=False, timeout=20)

    def acme(self, binding: tuple[str, str] | None = None) -> Acme:
        return Acme(f"https://localhost:{self._port}/dir", "admin@example.com", str(self._place / "ca.pem"), binding)

    def start(self, *, binds: bool = False, **settings: str) -> None:
        """Anew: it knows no account any more, and has a new root."""
        config = {
            "listenAddress": f"127.0.0.1:{self._port}",
            "managementListenAddress": f"127.0.0.1:{self._management}",
            "certificate": str(self._place / "own.pem"),
            "privateKey": str(self._place / "own.pem"),
            "httpPort": self.http_port,
            "tlsPort": 1,
            "externalAccountBindingRequired": binds,
            "externalAccountMACKeys": dict([BINDING]),
        }
        (self._place / "pebble.json").write_text(json.dumps({"pebble": config}))
        line = ("-config", str(self._place / "pebble.json"), "-dnsserver", f"127.0.0.1:{self._dns}", "-strict")
        self._process = self._run("pebble", *line, **{"PEBBLE_VA_NOSLEEP": "1", "PEBBLE_AUTHZREUSE": "0", **settings})
        self._await(f"https://localhost:{self._management}/roots/0")
        self._await(f"http://127.0.0.1:{self._names}/")

    def stop(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait(20)
            self._process = None

    def close(self) -> None:
        self.stop()
        self._resolver.kill()
        self._resolver.wait(20)
        self._web.close()

    def trusting(self) -> ssl.SSLContext:
        """For a client of those whom it gives certificates."""
        root = self._web.get(f"https://localhost:{self._management}/roots/0").text
        return ssl.create_default_context(cadata=root)

    def lead(self, name: str, *addresses: str) -> None:
        """By DNS; nowhere else than where all are led, where there is none."""
        host = f"{name}."
        self._tell("clear-a", {"host": host})
        if addresses:
            self._tell("add-a", {"host": host, "addresses": list(addresses)})

    def _tell(self, what: str, told: Mapping[str, object]) -> None:
        self._web.post(f"http://127.0.0.1:{self._names}/{what}", content=json.dumps(told)).raise_for_status()

    def _resolving(self) -> tuple[str, ...]:
        listening = ("-dns01", f"127.0.0.1:{self._dns}", "-management", f"127.0.0.1:{self._names}")
        return (*listening, "-http01", "", "-https01", "", "-tlsalpn01", "", "-defaultIPv6", "")

    def _run(self, *line: str, **settings: str) -> subprocess.Popen[bytes]:
        with (self._place / f"{line[0]}.log").open("ab") as log:
            return subprocess.Popen(line, env={**os.environ, **settings}, stdout=log, stderr=log)

    def _await(self, url: str) -> None:
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            try:
                self._web.get(url)
            except httpx.TransportError:
                time.sleep(0.02)
            else:
                return
        raise AssertionError("".join(each.read_text() for each in self._place.glob("*.log")))


@contextmanager
def pebble(place: Path, *, binds: bool = False) -> Iterator[Pebble]:
    """Up within the block; skips the test where there is none to start."""
    if shutil.which("pebble") is None:
        pytest.skip("pebble isn't installed: script/bootstrap --test does that where the system has it")
    made = Pebble(place)
    try:
        made.start(binds=binds)
        yield made
    finally:
        made.close()
