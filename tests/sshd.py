"""A real sshd of a test's own on a port of this machine, with a host key and a user's key that it makes."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from getpass import getuser
from pathlib import Path

import pytest

from tests.waiting import wait_until
from tests.webapp.product import free_port

#: Not in a user's PATH on Debian; sshd wants to be called by its whole path.
_PLACES = "/usr/sbin:/usr/local/sbin"
#: Where sshd puts who has not signed in yet, if it is root: Debian makes it when it starts the service.
_EMPTY = Path("/run/sshd")
#: What docs/operations.md says that an account needs.
_NO_MORE = 'restrict,port-forwarding,command="/bin/false"'


class Sshd:
    """At 127.0.0.2; `key` lets in whoever runs the tests, `known_hosts` has the server's own."""

    def __init__(self, place: Path, command: str) -> None:
        self.port = free_port()
        self.key, self.known_hosts = place / "key", place / "known_hosts"
        self._log = place / "sshd.log"
        for path in (place / "host", self.key):
            _do("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(path))
        kind, public, *_ = (place / "host.pub").read_text().split()
        self.known_hosts.write_text(f"[127.0.0.2]:{self.port} {kind} {public}\n")
        allowed = place / "authorized_keys"
        allowed.write_text(f"{_NO_MORE} {(place / 'key.pub').read_text()}")
        config = place / "sshd_config"
        config.write_text(
            f"ListenAddress 127.0.0.2:{self.port}\nHostKey {place / 'host'}\nPidFile none\nStrictModes no\nUsePAM no\n"
            f"AuthorizedKeysFile {allowed}\nPermitRootLogin prohibit-password\nPasswordAuthentication no\n"
        )
        self._command = (command, "-D", "-e", "-f", str(config))
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"ssh://{getuser()}@127.0.0.2:{self.port}"

    def start(self) -> None:
        with self._log.open("ab") as log:
            # A group of its own: each connection is a process, which outlives the one that listens.
            self._process = process = subprocess.Popen(self._command, stdout=log, stderr=log, start_new_session=True)
        told = f"Server listening on 127.0.0.2 port {self.port}"
        wait_until(lambda: process.poll() is not None or told in self._log.read_text())
        assert process.poll() is None, self._log.read_text()
        self._log.write_text("")

    def cut(self) -> None:
        """All connections end, and there is no new one until it starts again."""
        if self._process is not None:
            self._signal(signal.SIGKILL)
            self._process.wait()
            self._process = None

    def freeze(self) -> None:
        """Nobody says a word any more, as where a link is cut."""
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self._signal(signal.SIGCONT)

    def _signal(self, number: int) -> None:
        """To the one that listens, first, and to each connection's."""
        assert self._process is not None
        for pid in _descent(self._process.pid):
            with suppress(ProcessLookupError):  # it has ended by itself meanwhile
                os.kill(pid, number)


@contextmanager
def sshd(place: Path) -> Iterator[Sshd]:
    """Up within the block; skips the test where there is none to start."""
    command = shutil.which("sshd", path=_PLACES)
    if command is None:
        pytest.skip("openssh-server isn't installed: script/bootstrap --test does that")
    if os.geteuid() == 0:
        _EMPTY.mkdir(mode=0o755, exist_ok=True)
    server = Sshd(place, command)
    server.start()
    try:
        yield server
    finally:
        server.cut()


def _do(*command: str) -> None:
    subprocess.run(command, capture_output=True, check=True)


def _descent(first: int) -> Iterator[int]:
    """The process, and all that it has started, however deep."""
    try:
        children = Path(f"/proc/{first}/task/{first}/children").read_text().split()
    except OSError:
        children = []
    yield first
    for child in map(int, children):
        yield from _descent(child)
