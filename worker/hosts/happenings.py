"""What happens to containers, told by the engine as it happens: a hint to look at one, never the truth about it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any

from docker.errors import DockerException
from docker.types.daemon import CancellableStream

from worker.hosts.connection import Connection
from worker.hosts.streams import Pump
from worker.ports import Unavailable
from worker.until import Until

#: An OOM kill is followed by `die`.
_FILTERS = {"type": "container", "event": ["start", "die", "destroy"], "label": "tidegate.role=instance"}


def follow(connection: Connection, on_container: Callable[[str], None], until: Until) -> None:
    """As ports.Engine.events."""
    # A connection of its own: to give up is to cut it.
    with connection.fresh_client() as client:
        with connection.translated():
            stream = client.events(filters=_FILTERS, decode=True)
        told = Pump(stream, lambda: _cut(stream), connection.translated)
        told.run(lambda event: on_container(event["Actor"]["ID"]), until)
    raise Unavailable(f"Docker host {connection.name} has hung up.")


def _cut(stream: CancellableStream[dict[str, Any]]) -> None:
    with suppress(DockerException, OSError, AttributeError):
        stream.close()
