"""Which ports a container's processes listen on, to tell a user whose port is wrong what the right one may be.

Read from the kernel's table of the container's network namespace (proc(5), /proc/net/tcp: hexadecimal `address:port`,
state 0A is LISTEN), so that nothing is asked of the image.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from worker.hosts.connection import Connection
from worker.ports import Refused, Unavailable

_LISTEN = "0A"
#: 127.0.0.11, where Docker's own name server listens in every container: not the user's.
_DOCKERS_OWN = "0B00007F"
_TABLES = ("tcp", "tcp6")


def ports(connection: Connection, container: str) -> Sequence[int]:
    """As ports.Engine.listening_ports, sorted. One that answers on the loopback interface alone is among them."""
    text = _local(connection, container) if connection.local else None
    if text is None:
        text = _asked(connection, container)
    return listening(text)


def listening(table: str) -> Sequence[int]:
    """The ports in the kernel's `table` that something listens on."""
    found: set[int] = set()
    for line in table.splitlines():
        match line.split():
            case [_, local, _, state, *_] if state == _LISTEN:
                address, _, port = local.partition(":")
                if address != _DOCKERS_OWN:
                    found.add(int(port, 16))
    return sorted(found)


def _local(connection: Connection, container: str) -> str | None:
    """None where the process can't be seen from here, for instance because we run in a container ourselves."""
    try:
        with connection.translated():
            seen = connection.client().inspect_container(container)
        process = Path("/proc") / str(seen["State"]["Pid"])
        if seen["Id"] not in (process / "cgroup").read_text():
            return None
        return "".join((process / "net" / table).read_text() for table in _TABLES)
    except (Refused, Unavailable, OSError):
        return None


def _asked(connection: Connection, container: str) -> str:
    """Asked of the image's own `cat`, which many images have."""
    try:
        with connection.translated():
            client = connection.client()
            command = client.exec_create(container, ["cat", *(f"/proc/net/{table}" for table in _TABLES)])
            output: bytes = client.exec_start(command["Id"])
            return output.decode(errors="replace")
    except (Refused, Unavailable):
        return ""
