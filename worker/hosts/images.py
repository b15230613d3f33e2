"""Images that an engine has."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from http import HTTPStatus

from docker import APIClient
from docker.errors import APIError, ImageNotFound, NotFound

from tidegate import imagename
from tidegate.pulled import DigestImage
from tidegate.retention import HeldImage
from worker.hosts.connection import Connection
from worker.until import Until

_ROLE, _IMAGE, _OWNER = "tidegate.role", "image", "tidegate.deployment"
#: What older engines list for an image without a name.
_UNNAMED = "<none>:<none>"
_CHUNK = 2**20
#: Seconds for one answer: layers are packed or unpacked before it comes.
_TIMEOUT = 600


class _NotTheEngines(Exception):
    """On its way through our request to the engine: a TimeoutError would be taken for the engine's silence."""

    def __init__(self, met: Exception) -> None:
        super().__init__(str(met))
        self.met = met


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


def by_digest(connection: Connection) -> list[DigestImage]:
    """As ports.Engine.digest_images."""
    with connection.translated():
        listed = connection.client().images()
    return [
        DigestImage(name, entry["Size"], bool(set(entry["RepoTags"] or ()) - {_UNNAMED}))
        for entry in listed
        for digest in entry["RepoDigests"] or ()
        if (name := _in_full(digest)) is not None
    ]


def _in_full(digest: str) -> str | None:
    """The engine leaves out what Docker takes for granted; None for the `<none>@<none>` of older ones."""
    try:
        named = imagename.parse(digest)
    except imagename.BadImageName:
        return None
    return f"{named.registry}/{named.repository}@{named.digest}"


def save(connection: Connection, image: str) -> Iterator[bytes]:
    """As ports.Engine.save."""
    # A client of its own: whoever stops reading closes its connection.
    with connection.fresh_client(_TIMEOUT) as client, connection.translated():
        yield from client.get_image(image, chunk_size=_CHUNK)


def load(connection: Connection, saved: Iterator[bytes], until: Until) -> None:
    """As ports.Engine.load. What `saved` and `until` raise must come out as it is, though our request reads it."""

    def chunks() -> Iterator[bytes]:
        try:
            for chunk in saved:
                until.check()
                yield chunk
        except Exception as met:
            raise _NotTheEngines(met) from met

    with connection.fresh_client(_TIMEOUT) as client:
        try:
            with connection.translated():
                for message in client.load_image(chunks(), quiet=True):  # type: ignore[no-untyped-call]  # so stubbed
                    if "error" in message:
                        raise connection.verdict(str(message["error"]), HTTPStatus.INTERNAL_SERVER_ERROR)
        except _NotTheEngines as ended:
            raise ended.met from None


def remove_pulled(connection: Connection, image: str) -> None:
    """As ports.Engine.remove_pulled."""
    client = connection.client()
    with connection.translated(), suppress(ImageNotFound, NotFound):
        seen = client.inspect_image(image)  # type: ignore[no-untyped-call]  # so stubbed
        if not seen["RepoTags"]:
            _remove_unless_used(client, image)


def remove(connection: Connection, image: str) -> None:
    """As ports.Engine.remove_image."""
    client = connection.client()
    with connection.translated(), suppress(ImageNotFound, NotFound):
        seen = client.inspect_image(image)  # type: ignore[no-untyped-call]  # so stubbed
        if (seen["Config"].get("Labels") or {}).get(_ROLE) != _IMAGE:
            return
        _remove_unless_used(client, image)


def _remove_unless_used(client: APIClient, image: str) -> None:
    try:
        client.remove_image(image)
    except APIError as error:
        if error.status_code != HTTPStatus.CONFLICT:
            raise
