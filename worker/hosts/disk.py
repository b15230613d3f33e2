"""The disk of a Docker host: what is free there, and the build cache, which takes most of it when nobody looks."""

from __future__ import annotations

import shutil

from worker.hosts.connection import Connection
from worker.hosts.usage import TIMEOUT, taken


def build_cache(connection: Connection) -> int | None:
    """As ports.Engine.build_cache. What it shares with images is theirs."""
    records = taken(connection, "build-cache").get("BuildCache")
    return None if records is None else sum(each["Size"] for each in records if not each["Shared"])


def prune_build_cache(connection: Connection, keep: int) -> int:
    """As ports.Engine.prune_build_cache."""
    with connection.translated(), connection.fresh_client(TIMEOUT) as client:
        pruned = client.prune_builds(keep_storage=keep)
    return int(pruned.get("SpaceReclaimed") or 0)


def free(connection: Connection) -> int | None:
    """As ports.Engine.free_space: seen where the engine's directory is on this machine, since no engine tells."""
    if not connection.local:
        return None
    if connection.root is None:
        with connection.translated():
            connection.root = str(connection.client().info()["DockerRootDir"])
    try:
        return shutil.disk_usage(connection.root).free
    except OSError:
        return None
