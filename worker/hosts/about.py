"""What a Docker host is: its engine's version, what keeps containers in their limits, its disk."""

from __future__ import annotations

from tidegate.checkup.machine import HostFacts
from worker.hosts import buildkit, disk
from worker.hosts.connection import Connection


def about(connection: Connection) -> HostFacts:
    """As ports.Engine.about."""
    with connection.translated():
        client = connection.client()
        version, info = client.version(), client.info()
    return HostFacts(
        version=str(version["Version"]),
        # Engines that don't tell it (before API 1.41) know the first version alone.
        cgroup=str(info.get("CgroupVersion") or "1"),
        free=disk.free(connection),
        buildkit=buildkit.find_command() is not None,
    )
