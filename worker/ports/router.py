"""The reverse proxy in front of the instances."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from tidegate.routing import RoutingTable


class Router(Protocol):
    """The reverse proxy. Its configuration is derived from the store; applying the same table twice changes nothing."""

    def apply(self, table: Callable[[], RoutingTable]) -> None:
        """Makes the proxy equal to the table, with no request lost: new servers in, host names moved, then old out.

        `table` is read once this call holds the router's lock, so the last to enter applies the newest truth. Written
        to the proxy's files too, so that a restarted proxy comes back with it. Unavailable where the proxy is down
        (its files are written all the same).
        """
        ...
