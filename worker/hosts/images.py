"""Images that an engine has."""

from __future__ import annotations

from docker.errors import ImageNotFound, NotFound

from worker.hosts.connection import Connection


def image_id(connection: Connection, image: str) -> str | None:
    """As ports.Engine.image_id."""
    with connection.translated():
        try:
            return str(connection.client().inspect_image(image)["Id"])  # type: ignore[no-untyped-call]  # so stubbed
        except (ImageNotFound, NotFound):
            return None
