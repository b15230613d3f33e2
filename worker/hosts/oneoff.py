"""A command that runs to its end in a container of its own, which doesn't outlive the call."""

from __future__ import annotations

import time

from tidegate.container import ContainerSpec
from worker.hosts import containers, logs
from worker.hosts.connection import Connection
from worker.ports import OnLine, Stop, Unavailable
from worker.until import PULSE, Until


def run(connection: Connection, spec: ContainerSpec, on_line: OnLine, timeout: float, stop: Stop) -> int:
    """As ports.Engine.run."""
    until = Until(stop, timeout)
    until.check()
    containers.remove(connection, spec.name)
    try:
        container = containers.start(connection, spec).id
        logs.follow(connection, container, on_line, until)
        return _exit_code(connection, container, until)
    finally:
        containers.remove(connection, spec.name)


def _exit_code(connection: Connection, container: str, until: Until) -> int:
    """The log ends with the container, but for the moment that the engine needs to note it."""
    while True:
        seen = containers.inspect(connection, container)
        if seen is None:
            raise Unavailable("The container of the command was removed by somebody else while it ran.")
        if seen.exit_code is not None:
            return seen.exit_code
        until.check()
        time.sleep(PULSE)
