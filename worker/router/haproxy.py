"""The port `Router` on HAProxy: what the table says, done through the runtime API and kept in its files."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import structlog

from tidegate.door import Tls
from tidegate.routing import RoutingTable
from worker.ports import Unavailable
from worker.router import plan
from worker.router.certificates import Unusable
from worker.router.files import RouterFiles
from worker.router.layout import Layout, Running
from worker.router.runtime import Runtime

_log = structlog.get_logger()

_RELOAD_TIMEOUT = 10.0  # seconds; 1,000 routes take a quarter of one
_RELOAD_PAUSE = 0.01  # seconds between two looks


class HaproxyRouter:
    """Drives the HAProxy that `python -m worker router` runs for the same directory and bind address."""

    def __init__(self, directory: Path, bind: str, tls: Tls | None = None) -> None:
        self._files = RouterFiles(directory, bind, tls)
        self._runtime = Runtime(directory)

    def apply(self, table: Callable[[], RoutingTable]) -> None:
        """See ports.Router. A name or address that can't be a route is left out and logged."""
        with self._files.lock():
            wanted, left_out = plan.legal(table())
            for reason in left_out:
                _log.error("route left out", reason=reason)
            saved, renewed = self._files.load(), self._renewed()
            try:
                running = self._runtime.running()
            except Unavailable:
                self._files.save(plan.assign(wanted, Running(saved.slots), saved))
                raise
            layout = plan.assign(wanted, running, saved)
            # Files first: a proxy that is restarted or reloaded from here on comes back with the new table.
            self._files.save(layout)
            if layout.slots > running.slots or renewed:
                running = self._reload(layout.slots)
                self._files.told()
            self._converge(running, layout)

    def _renewed(self) -> bool:
        """What can't be used keeps no route from being set: the proxy goes on with what it has."""
        try:
            return self._files.renew()
        except Unusable as trouble:
            _log.error("certificates can't be renewed", trouble=str(trouble))
            return False

    def _converge(self, running: Running, layout: Layout) -> None:
        steps = plan.steps(running, layout)
        if not steps.pending and not steps.remove:
            return
        said, running = self._runtime.execute([*steps.pending, *steps.remove])
        if plan.steps(running, layout).pending:
            raise Unavailable(f"The router did not take every command: {said[:500]}")

    def _reload(self, slots: int) -> Running:
        """New slots need new processes. The old one answers for a moment more, and is known by its fewer slots."""
        deadline = time.monotonic() + _RELOAD_TIMEOUT
        asked = False
        while time.monotonic() < deadline:
            # The master executes itself anew after each start, and can't be reached in between.
            with suppress(Unavailable):
                if not asked:
                    self._runtime.reload()
                    asked = True
                if (running := self._runtime.running()).slots >= slots and self._runtime.replaced():
                    return running
            time.sleep(_RELOAD_PAUSE)
        raise Unavailable("The router did not come back from its reload; its log says why.")
