"""Images that an engine has."""

from __future__ import annotations

from contextlib import suppress
from http import HTTPStatus

from docker.errors import APIError, ImageNotFound, NotFound

from worker.hosts.connection import Connection


def image_id(connection: Connection, image: str) -> str | None:
    """As ports.Engine.image_id."""
    with connection.translated():
        try:
            return str(connection.client().inspect_image(image)["Id"])  # type: ignore[no-untyped-call]  # so stubbed
        except (ImageNotFound, NotFound):
            return None


def remove(connection: Connection, image: str) -> None:
    """As ports.Engine.remove_image."""
    client = connection.client()
    with connection.translated(), suppress(ImageNotFound, NotFound):
        seen = client.inspect_image(image)  # type: ignore[no-untyped-call]  # so stubbed
        if (seen["Config"].get("Labels") or {}).get("tidegate.role") != "image":
            return
        try:
            client.remove_image(image)
        except APIError as error:
            if error.status_code != HTTPStatus.CONFLICT:  # in use
                raise
