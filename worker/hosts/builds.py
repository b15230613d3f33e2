"""Builds an image with the best builder that there is for a host."""

from __future__ import annotations

from worker.hosts import buildkit, classic
from worker.hosts.connection import Connection
from worker.ports import BuildFailed, BuildOrder, OnLine, Stop
from worker.until import Until


def build(connection: Connection, order: BuildOrder, on_line: OnLine, timeout: float, stop: Stop) -> str:
    """As ports.Engine.build."""
    dockerfile = _dockerfile(order)
    until = Until(stop, timeout)
    command = buildkit.find_command()
    if command is None:
        return classic.build(connection, order, dockerfile, on_line, until)
    return buildkit.build(connection, command, order, dockerfile, on_line, until)


def _dockerfile(order: BuildOrder) -> str:
    """Its text. A link out of the tree is refused: the docker command would follow it and send what it finds."""
    path = order.context / order.dockerfile
    if not order.dockerfile.is_absolute() and not path.resolve().is_relative_to(order.context.resolve()):
        raise BuildFailed(f"`{order.dockerfile}` leads out of the build's context.")
    try:
        return path.read_text(errors="replace")
    except OSError as error:
        raise BuildFailed(f"There is no Dockerfile at `{order.dockerfile}` ({error.strerror}).") from error
