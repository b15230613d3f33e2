"""What containers print: followed, or carried along while a one-off command runs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime

from docker.errors import DockerException, NotFound
from docker.types.daemon import CancellableStream

from worker.hosts.connection import Connection
from worker.hosts.streams import Lines, Pump
from worker.ports import OnLine
from worker.until import Until


def follow(
    connection: Connection, container: str, on_line: OnLine, until: Until, since: datetime | None = None
) -> None:
    """Passes on each line from the start, or from `since`, until the container ends; raises what `until` raises.
    Fine where it is gone.

    The engine frames every entry of its log, and keeps lines whole up to 16 KB, so that the two streams' entries may be
    joined before they are cut into lines.
    """
    # A connection of its own: to give up is to cut it.
    client = connection.fresh_client()
    with client, connection.translated():
        try:
            stream = client.logs(container, stream=True, follow=True, since=since.timestamp() if since else None)
        except NotFound:
            return
    lines = Lines(on_line)
    Pump(_chunks(connection, stream), lambda: _cut(stream)).run(lines.feed, until)
    lines.close()


def _chunks(connection: Connection, stream: CancellableStream[bytes]) -> Iterator[bytes]:
    with connection.translated():
        yield from stream


def _cut(stream: CancellableStream[bytes]) -> None:
    with suppress(DockerException, OSError, AttributeError):
        stream.close()
