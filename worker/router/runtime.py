"""HAProxy's runtime API over its Unix sockets: read what runs, send commands, reload."""

from __future__ import annotations

import os
import re
import socket
from collections.abc import Iterator, Sequence
from pathlib import Path

from worker.ports import Unavailable
from worker.router.config import ADMIN_SOCKET, MASTER_SOCKET
from worker.router.layout import Running
from worker.router.plan import HOSTS_MAP

_TIMEOUT = 10.0  # seconds for one conversation; HAProxy itself answers in milliseconds
_LINE = 12_000  # characters of commands in one line; HAProxy takes less than tune.bufsize, 16,384

_READ = ("show backend", "show servers state", f"show map {HOSTS_MAP}")
_BACKEND = re.compile(r"slot_\d+$")
# Columns by the management guide, "show servers state": backend id and name, server id and name, address,
# operational state, administrative state.
_SERVER = re.compile(r"\d+ slot_(?P<slot>\d+) \d+ (?P<name>\S+) \S+ \d+ (?P<admin>\d+) ")
_HOST = re.compile(r"0x[0-9a-f]+ (?P<host>\S+) (?P<target>\S+)$")


class Runtime:
    """Of the HAProxy whose directory this is. Unavailable where it can't be reached."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    def running(self) -> Running:
        """What the proxy holds now, in one round trip."""
        running = parse(self._say(ADMIN_SOCKET, "; ".join(_READ)))
        if not running.slots:
            raise Unavailable("The router can't be reached: it ended while it was asked.")
        return running

    def execute(self, commands: Sequence[str]) -> tuple[str, Running]:
        """Carries the commands out in order; returns what HAProxy said to them, and what it holds then."""
        *first, last = _lines([*commands, *_READ])
        said = "".join(self._say(ADMIN_SOCKET, line) for line in first)
        answer = self._say(ADMIN_SOCKET, last)
        # What `show backend` prints first is where the answers to commands end.
        before, _, _ = answer.partition("# name\n")
        return " ".join((said + before).split()), parse(answer)

    def reload(self) -> None:
        """Asks the master for new processes with the files as they are now; returns before they serve."""
        self._say(MASTER_SOCKET, "reload")

    def replaced(self) -> bool:
        """Whether no process from before the last reload accepts connections any more."""
        _, _, old = self._say(MASTER_SOCKET, "show proc").partition("# old workers\n")
        old_pids = [line.split()[0] for line in old.splitlines() if " worker " in line]
        return not any("Stopping: 0" in self._say(MASTER_SOCKET, f"@!{pid} show info") for pid in old_pids)

    def master(self) -> int:
        """The process id of the master."""
        for line in self._say(MASTER_SOCKET, "show proc").splitlines():
            match line.split():
                case [pid, "master", *_]:
                    return int(pid)
        raise Unavailable("The router's master process did not say its process id.")

    def _say(self, name: str, line: str) -> str:
        """One line on a connection of its own, which HAProxy closes after its answer."""
        try:
            return "".join(_converse(self._directory, name, line))
        except OSError as error:
            raise Unavailable(f"The router can't be reached: {error.strerror or error}") from error


def _converse(directory: Path, name: str, line: str) -> Iterator[str]:
    # A socket's address has at most 107 bytes, a directory's path may have more: go by its descriptor.
    handle = os.open(directory, os.O_PATH)
    try:
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(_TIMEOUT)
            connection.connect(f"/proc/self/fd/{handle}/{name}")
            connection.sendall(f"{line}\n".encode())
            connection.shutdown(socket.SHUT_WR)  # the master keeps the connection open for more otherwise
            with connection.makefile(encoding="utf-8") as answer:
                yield answer.read()
    finally:
        os.close(handle)


def _lines(commands: Sequence[str]) -> Iterator[str]:
    line = ""
    for command in commands:
        if line and len(line) + len(command) > _LINE:
            yield line
            line = ""
        line += f"{command}; "
    yield line


def parse(answer: str) -> Running:
    """The answers to all of `_READ`, in any order and among other lines."""
    slots = 0
    hosts: dict[str, str] = {}
    servers: dict[int, dict[str, bool]] = {}
    for line in answer.splitlines():
        if _BACKEND.match(line):
            slots += 1
        elif host := _HOST.match(line):
            hosts[host["host"]] = host["target"]
        elif server := _SERVER.match(line):
            servers.setdefault(int(server["slot"]), {})[server["name"]] = server["admin"] == "0"
    return Running(slots, hosts, servers)
