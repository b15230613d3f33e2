"""Volumes that services have as their disks."""

from __future__ import annotations

from contextlib import suppress
from http import HTTPStatus
from typing import Any

from docker.errors import APIError, NotFound

from tidegate.disk import ROLE, Mount
from worker.hosts.connection import Connection
from worker.hosts.usage import taken
from worker.ports import Unavailable


def description(mount: Mount) -> dict[str, Any]:
    """As ContainerCreate takes it: a volume that isn't there is made, with these labels."""
    return {
        "Type": "volume",
        "Source": mount.volume,
        "Target": mount.path,
        "VolumeOptions": {"Labels": dict(mount.labels)},
    }


def held(connection: Connection) -> list[str]:
    """As ports.Engine.held_volumes."""
    with connection.translated():
        listed = connection.client().volumes(filters={"label": f"tidegate.role={ROLE}"})
    return [str(entry["Name"]) for entry in listed["Volumes"] or ()]


def sizes(connection: Connection) -> dict[str, int]:
    """As ports.Engine.volume_sizes."""
    return {
        str(entry["Name"]): int(entry["UsageData"]["Size"])
        for entry in taken(connection, "volume").get("Volumes") or ()
        if (entry["Labels"] or {}).get("tidegate.role") == ROLE and (entry.get("UsageData") or {}).get("Size", -1) >= 0
    }


def remove(connection: Connection, name: str) -> bool:
    """As ports.Engine.remove_volume."""
    client = connection.client()
    with connection.translated(), suppress(NotFound):
        seen = client.inspect_volume(name)
        if (seen["Labels"] or {}).get("tidegate.role") != ROLE:
            return False
        try:
            client.remove_volume(name)
            return True
        except APIError as error:
            if error.status_code == HTTPStatus.CONFLICT:
                raise Unavailable(f"The disk {name} is still in use by a container.") from error
            raise
    return False
