"""Images that an engine has."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime
from http import HTTPStatus

from docker.errors import APIError, ImageNotFound, NotFound

from tidegate.retention import HeldImage
from worker.hosts.connection import Connection

_ROLE, _IMAGE, _OWNER = "tidegate.role", "image", "tidegate.deployment"
#: What older engines list for an image without a name.
_UNNAMED = "<none>:<none>"


def image_id(connection: Connection, image: str) -> str | None:
    """As ports.Engine.image_id."""
    with connection.translated():
        try:
            return str(connection.client().inspect_image(image)["Id"])  # type: ignore[no-untyped-call]  # so stubbed
        except (ImageNotFound, NotFound):
            return None


def held(connection: Connection) -> list[HeldImage]:
    """As ports.Engine.held_images."""
    with connection.translated():
        listed = connection.client().images(filters={"label": [f"{_ROLE}={_IMAGE}"]})
    return [
        HeldImage(name, entry["Labels"].get(_OWNER, ""), datetime.fromtimestamp(entry["Created"], UTC), entry["Size"])
        for entry in listed
        for name in entry["RepoTags"] or ()
        if name != _UNNAMED
    ]


def remove(connection: Connection, image: str) -> None:
    """As ports.Engine.remove_image."""
    client = connection.client()
    with connection.translated(), suppress(ImageNotFound, NotFound):
        seen = client.inspect_image(image)  # type: ignore[no-untyped-call]  # so stubbed
        if (seen["Config"].get("Labels") or {}).get(_ROLE) != _IMAGE:
            return
        try:
            client.remove_image(image)
        except APIError as error:
            if error.status_code != HTTPStatus.CONFLICT:  # in use
                raise
