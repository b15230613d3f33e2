"""The way to an engine by ssh: its socket, forwarded to one of ours for as long as this process lives.

By the ssh program, since it checks host keys, knows the operator's ~/.ssh/config, and costs nothing where no host is
reached so. One forward for all connections: what speaks to an engine on this machine, the docker command
included, speaks to that one in the same way; nothing but sshd and the socket is needed over there.
"""

from __future__ import annotations

import hashlib
import os
import socket
import subprocess
import threading
from contextlib import suppress
from pathlib import Path
from time import monotonic
from urllib.parse import urlsplit

from worker.child import tether

#: Where an engine listens whose URL names no path.
SOCKET = "/var/run/docker.sock"
#: Seconds for ssh to connect and to sign in.
_PATIENCE = 20.0
_PULSE = 0.02
#: They come before what a configuration file says: ssh_config(5), the first value is used. A host whose key isn't known
#: is refused; nobody is asked anything; a link that is cut is noticed within 15 seconds; and the connection is nobody
#: else's, who might end it.
OPTIONS = {
    "BatchMode": "yes",
    "StrictHostKeyChecking": "yes",
    "UpdateHostKeys": "no",
    "ConnectTimeout": "5",
    "ServerAliveInterval": "5",
    "ServerAliveCountMax": "2",
    "ExitOnForwardFailure": "yes",
    "StreamLocalBindUnlink": "yes",
    "ControlMaster": "no",
    "ControlPath": "none",
    "ForwardAgent": "no",
    "ForwardX11": "no",
    "PermitLocalCommand": "no",
    "ForkAfterAuthentication": "no",
    "LogLevel": "ERROR",
}


class Tunnel:
    """To ssh://[user@]host[:port][/socket]; its near end is in `directory`. `key`: the private key's file; None: as
    ssh finds it. `known_hosts`: the file of the host's key; None: ssh's own. Safe to share between threads, and over a
    fork: each process has its own."""

    def __init__(self, url: str, directory: Path, *, key: str | None = None, known_hosts: str | None = None) -> None:
        self._parts, self._directory = urlsplit(url), directory.absolute()
        self._key, self._known_hosts = key, known_hosts
        self._opening = threading.Lock()
        self._ssh: _Ssh | None = None

    def open(self) -> str:
        """The near end, as a unix:// URL that stays the same. Raises ConnectionError with what ssh says."""
        near = self.near
        with self._opening:
            if self._ssh is None or self._ssh.of != os.getpid() or not self._ssh.stands:
                self._directory.mkdir(mode=0o700, parents=True, exist_ok=True)
                self._tidy()
                self._ssh = _Ssh(self._command(near))
                self._ssh.wait_for(near)
        return f"unix://{near}"

    def close(self) -> None:
        """All connections through it end. The next use opens it again."""
        with self._opening:
            if self._ssh is not None and self._ssh.of == os.getpid():
                self._ssh.end()
            self._ssh = None

    @property
    def near(self) -> Path:
        """This process's."""
        return self._directory / f"{self._mark()}-{os.getpid()}.sock"

    def _mark(self) -> str:
        """Of this URL alone, whatever another has in common with it: who took the other's way would speak to another
        engine. A short one: a socket's path may have 107 bytes; without a colon, which ssh takes for its own."""
        return hashlib.sha256(self._parts.geturl().encode()).hexdigest()[:16]

    def _tidy(self) -> None:
        """Processes that were killed leave the near ends of theirs."""
        for path in self._directory.glob("*.sock"):
            _, _, owner = path.stem.rpartition("-")
            if not (Path("/proc", owner).exists() or listens(path)):
                path.unlink(missing_ok=True)

    def _command(self, near: Path) -> list[str]:
        options = {**OPTIONS}
        if self._key is not None:
            options |= {"IdentityFile": self._key, "IdentitiesOnly": "yes"}
        if self._known_hosts is not None:
            options |= {"UserKnownHostsFile": self._known_hosts, "GlobalKnownHostsFile": "none"}
        parts = self._parts
        return [
            *("ssh", "-N", "-T", *(f"-o{name}={value}" for name, value in options.items())),
            *(("-l", parts.username) if parts.username else ()),
            *(("-p", str(parts.port)) if parts.port else ()),
            *("-L", f"{near}:{parts.path or SOCKET}", "--", parts.hostname or ""),
        ]


class _Ssh:
    """The running program. `of`: the process that it belongs to, and ends with, however that ends."""

    def __init__(self, command: list[str]) -> None:
        self.of = os.getpid()
        self._command = command
        self._process: subprocess.Popen[str] | None = None
        self._said = ""
        self._begun, self._ended = threading.Event(), threading.Event()
        # In a thread that stays: the kernel ends a tethered child when the thread ends that started it.
        threading.Thread(target=self._run, name="ssh", daemon=True).start()

    @property
    def stands(self) -> bool:
        return not self._ended.is_set()

    def wait_for(self, near: Path) -> None:
        """Until the near end takes connections, which is after the other side has let us in."""
        deadline = monotonic() + _PATIENCE
        while not listens(near):
            if self._ended.wait(_PULSE):
                raise ConnectionError(self._said or "ssh ended without a word")
            if monotonic() > deadline:
                self.end()
                raise ConnectionError(f"ssh took more than {_PATIENCE:.0f} seconds to get there")

    def end(self) -> None:
        self._begun.wait()
        if self._process is not None:
            self._process.terminate()
        self._ended.wait()

    def _run(self) -> None:
        try:
            self._process = subprocess.Popen(
                [*tether(), *self._command],
                env={"HOME": str(Path.home()), "PATH": os.pathsep.join(os.get_exec_path())},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                text=True,
                errors="replace",
            )
            self._begun.set()
            _, said = self._process.communicate()
            self._said = " ".join(said.split())[-500:]
        except OSError as error:
            self._said = str(error)
        finally:
            self._begun.set()
            self._ended.set()


def listens(near: Path) -> bool:
    """Whether the near end takes connections."""
    with socket.socket(socket.AF_UNIX) as attempt, suppress(OSError):
        attempt.connect(str(near))
        return True
    return False
