"""What containers print: followed, or carried along while a one-off command runs."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from http import HTTPStatus

from docker import APIClient
from docker.errors import APIError, DockerException
from docker.types.daemon import CancellableStream

from worker.hosts.connection import Connection
from worker.hosts.streams import Lines, Pump
from worker.ports import OnLine
from worker.until import Until

#: A log up to so many bytes hasn't been rotated away (containers.py), so that it can be read again from its start.
_WHOLE = 4 * 1024 * 1024
#: What the engine answers about a container that is not there, or is just being removed (409; measured on 20.10).
_GONE = frozenset({HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT})


def follow(
    connection: Connection, container: str, on_line: OnLine, until: Until, since: datetime | None = None
) -> None:
    """Passes on each line from the start, or from `since`, until the container ends; raises what `until` raises.
    Fine where it is gone.

    The engine frames every entry of its log, and keeps lines whole up to 16 KB, so that the two streams' entries may be
    joined before they are cut into lines.
    """
    lines = Lines(on_line)
    # A connection of its own: to give up is to cut it.
    with connection.fresh_client() as client:
        with connection.translated():
            try:
                stream = client.logs(container, stream=True, follow=True, since=_moment(since))
            except APIError as error:
                if error.status_code in _GONE:
                    return
                raise
        seen = 0

        def take(chunk: bytes) -> None:
            nonlocal seen
            seen += len(chunk)
            lines.feed(chunk)

        Pump(stream, lambda: _cut(stream), connection.translated).run(take, until)
        if seen <= _WHOLE:
            lines.feed(_missed(connection, client, container, since)[seen:])
    lines.close()


def _missed(connection: Connection, client: APIClient, container: str, since: datetime | None) -> bytes:
    """Following (measured on Engine 20.10) often loses a last line that has no newline: a crash's last words."""
    with connection.translated():
        try:
            return client.logs(container, since=_moment(since))
        except APIError as error:
            if error.status_code in _GONE:
                return b""
            raise


def _moment(since: datetime | None) -> float | None:
    return since.timestamp() if since else None


def _cut(stream: CancellableStream[bytes]) -> None:
    with suppress(DockerException, OSError, AttributeError):
        stream.close()
