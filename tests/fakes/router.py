"""A router that is a table: what it was last told, and what its files say while it is down."""

from __future__ import annotations

from collections.abc import Callable

from tidegate.routing import RoutingTable
from worker.ports import Unavailable
from worker.router.plan import legal


class FakeRouter:
    """`table` is what it serves, `written` what it would come back with, `down` whether it can't be reached."""

    def __init__(self) -> None:
        self.table = self.written = RoutingTable({}, {})
        self.down = False

    def apply(self, table: Callable[[], RoutingTable]) -> None:
        self.written, _ = legal(table())
        if self.down:
            raise Unavailable("The router can't be reached: Connection refused")
        self.table = self.written

    def come_back(self) -> None:
        self.down = False
        self.table = self.written

    def answer(self, host: str) -> str:
        """Who answers a request to `host`: a deployment's id, or a status that the router answers itself with."""
        if self.down:
            raise Unavailable("The router is down.")
        if host not in self.table.hosts:
            return "404"
        deployment = self.table.hosts[host]
        backend = self.table.backends.get(deployment) if deployment else None
        return backend.deployment_id if backend and backend.servers else "503"
