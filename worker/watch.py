"""The long-lived process: sees that what is due happens. Several may run; a lease makes one of them the leader."""

from __future__ import annotations

import signal
import threading

import structlog

from tidegate.store import StoreDown
from worker import retire, sweep
from worker.follow import Followers
from worker.parts import Parts
from worker.ports import Unavailable
from worker.switch import current_table

_TICK = 0.5
_LEADER = "watch"
_LEADERSHIP = 10.0

log = structlog.get_logger(__name__)


class Watch:
    """Ticks until told to stop. Trouble with one part is logged and tried again at the next tick."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._stop = threading.Event()
        self._swept = 0.0
        self._caught_up = 0.0
        self._aligned = False
        self._followers = Followers(parts)

    def run(self) -> None:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: self._stop.set())
        while not self._stop.wait(self.pause()):
            try:
                self.beat()
            except (StoreDown, Unavailable) as trouble:
                log.warning("watching goes on", trouble=str(trouble))
            except Exception:
                log.exception("a tick broke")
        self.stop()

    def stop(self) -> None:
        self._followers.stop()
        self._parts.store.leases.release(_LEADER, self._parts.owner)

    def beat(self) -> None:
        """One tick, if this process leads."""
        parts, now = self._parts, self._parts.clock.now()
        if not parts.store.leases.take(_LEADER, parts.owner, _LEADERSHIP, now):
            self._aligned = False
            return
        if not self._aligned:
            self._align()
        sweep.tick(parts)
        retire.carry_out(parts)
        self._followers.sync()
        if now.timestamp() - self._swept >= parts.settings.timing.sweep:
            self._swept = now.timestamp()
            sweep.sweep(parts)
        if now.timestamp() - self._caught_up >= parts.settings.timing.catch_up:
            self._caught_up = now.timestamp()
            parts.bell.catch_up()

    def _align(self) -> None:
        """A router that came up with old files, or none, is brought to what the store says; all else goes on if it is
        down."""
        try:
            self._parts.router.apply(lambda: current_table(self._parts))
        except Unavailable as trouble:
            log.warning("the router can't be reached", trouble=str(trouble))
        else:
            self._aligned = True

    def pause(self) -> float:
        """Half a second, or less where a gate's settle time ends sooner: its opening must not wait for a tick."""
        due = self._parts.store.deployments.next_due()
        left = (due - self._parts.clock.now()).total_seconds() if due else _TICK
        return left if 0 < left < _TICK else _TICK  # what is overdue has just been rung for
