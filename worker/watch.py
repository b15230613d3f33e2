"""The long-lived process: sees that what is due happens. Several may run; a lease makes one of them the leader.

Loops: one only rings, so that it keeps time; one acts on hosts, which may take its time; one each host tends what is
live there, and one reads what that uses; one starts and tends the runs of cron services; one sees to certificates,
where an authority gives them.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable
from functools import partial

import structlog

from tidegate.gauge import EVERY
from tidegate.settings import Webhooks
from tidegate.store import StoreDown
from worker import retire, sweep
from worker.follow import Followers
from worker.gauge import Gauge
from worker.guard import keep_guard
from worker.listen import Listener
from worker.parts import Parts
from worker.ports import Unavailable
from worker.runs import Runs
from worker.switch import current_table
from worker.tend import Tending

_TICK = 0.5
_LEADER = "watch"
_LEADERSHIP = 10.0
#: Seconds between two looks at whether a certificate is due.
_CERTIFY = 10.0

log = structlog.get_logger(__name__)


class Watch:
    """Trouble with one part is logged and tried again at the next turn."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._stop = threading.Event()
        self._followers = Followers(parts)
        self.tendings = [Tending(parts, engine.name) for engine in parts.hosts]
        self.gauges = [Gauge(parts, engine.name) for engine in parts.hosts]
        self.listeners = [Listener(parts, each) for each in self.tendings]
        self._runs = Runs(parts)
        self._rung = parts.clock.now()
        self._swept = self._caught_up = self._polled = self._aligned = self._guarded = 0.0
        self._cleaned = self._rung.timestamp()  # not at once: what starts has better things to do
        self._leading = False
        #: Why instances are not kept from this machine's own ports.
        self._unguarded: str | None = None

    def run(self) -> None:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: self._stop.set())
        for listener in self.listeners:
            listener.start()
        others = [
            threading.Thread(target=self._repeat, args=(self.act, lambda: _TICK, self._stop.wait), name="act"),
            threading.Thread(target=self._repeat, args=(self.run_crons, lambda: _TICK, self._stop.wait), name="runs"),
            *map(self._thread, self.tendings),
            *map(self._reader, self.gauges),
            *(map(self._measurer, self.tendings) if self._parts.settings.most_written else ()),
            *((self._certifier(),) if self._parts.settings.router.acme else ()),
        ]
        for each in others:
            each.start()
        self._repeat(self.ring, self.pause, self._stop.wait)
        for each in others:
            each.join()
        self.stop()

    def stop(self) -> None:
        for listener in self.listeners:
            listener.stop()
        for tending in self.tendings:
            tending.stop()
        self._runs.stop()
        self._followers.stop()
        self._parts.store.leases.release(_LEADER, self._parts.owner)

    def ring(self) -> None:
        """Rings for what has become due, if this process leads."""
        parts, now = self._parts, self._parts.clock.now()
        self._leading = parts.store.leases.take(_LEADER, parts.owner, _LEADERSHIP, now)
        if not self._leading:
            return
        self._rung = now
        sweep.tick(parts)
        if now.timestamp() - self._caught_up >= parts.settings.timing.catch_up:
            self._caught_up = now.timestamp()
            parts.bell.catch_up()
        if now.timestamp() - self._cleaned >= parts.settings.timing.clean:
            self._cleaned = now.timestamp()
            parts.bell.clean()
        if parts.settings.webhooks is Webhooks.POLL and now.timestamp() - self._polled >= parts.settings.timing.poll:
            self._polled = now.timestamp()
            parts.bell.poll()

    def act(self) -> None:
        """Carries out what the leader owes the router and the hosts."""
        if not self._leading:
            self._aligned = 0.0
            return
        parts, now = self._parts, self._parts.clock.now().timestamp()
        if now - self._aligned >= parts.settings.timing.probe_interval:
            self._align(now)
        if now - self._guarded >= parts.settings.timing.probe_interval:
            self._guarded, self._unguarded = now, keep_guard(parts.settings, self._unguarded)
        retire.carry_out(parts)
        self._followers.sync()
        if now - self._swept >= parts.settings.timing.sweep:
            self._swept = now
            sweep.sweep(parts)

    def tend(self, tending: Tending) -> None:
        """Keeps running what the store says, on its host."""
        if self._leading:
            tending.turn()
        else:
            tending.rest()

    def measure(self, tending: Tending) -> None:
        """On a thread of its own: where an instance has written many files, the engine takes its time to count them."""
        if self._leading:
            tending.measured(self._parts.hosts.of(tending.host).written())

    def read(self, gauge: Gauge) -> None:
        """What the instances on its host use."""
        if self._leading:
            gauge.turn()

    def run_crons(self) -> None:
        """Starts what is due, and tends what runs."""
        if self._leading:
            self._runs.turn()
        else:
            self._runs.stop()

    def certify(self) -> None:
        """Has due certificates asked for; what was gained is given to the router at once."""
        from worker.certify import certify  # here, for memory: most have no authority

        if self._leading and certify(self._parts, self._stop):
            self._aligned = 0.0

    def pause(self) -> float:
        """Seconds until the next ring: half a one, or less where a gate's settle time ends sooner."""
        due = self._parts.store.deployments.next_due()
        if due is None or due <= self._rung:
            return _TICK
        return min(_TICK, max(0.0, (due - self._parts.clock.now()).total_seconds()))

    def _measurer(self, tending: Tending) -> threading.Thread:
        work, every = partial(self.measure, tending), self._parts.settings.timing.measure
        return threading.Thread(
            target=self._repeat, args=(work, lambda: every, self._stop.wait), name=f"measure-{tending.host}"
        )

    def _reader(self, gauge: Gauge) -> threading.Thread:
        work = partial(self.read, gauge)
        return threading.Thread(
            target=self._repeat, args=(work, lambda: EVERY, self._stop.wait), name=f"gauge-{gauge.host}"
        )

    def _certifier(self) -> threading.Thread:
        return threading.Thread(
            target=self._repeat, args=(self.certify, lambda: _CERTIFY, self._stop.wait), name="certificates"
        )

    def _thread(self, tending: Tending) -> threading.Thread:
        work = partial(self.tend, tending)
        return threading.Thread(
            target=self._repeat, args=(work, tending.pause, tending.wait), name=f"tend-{tending.host}"
        )

    def _repeat(self, work: Callable[[], None], pause: Callable[[], float], rest: Callable[[float], object]) -> None:
        """`rest` waits for so many seconds, or for less."""
        wait = 0.0
        while not self._stop.is_set():
            rest(wait)
            wait = _TICK
            try:
                work()
                wait = pause()
            except (StoreDown, Unavailable) as trouble:
                log.warning("watching goes on", trouble=str(trouble))
            except Exception:
                log.exception("a turn of the watch broke")

    def _align(self, now: float) -> None:
        """A router that came up with old files, or none, is brought to what the store says; all else goes on if it is
        down."""
        try:
            self._parts.router.apply(lambda: current_table(self._parts))
        except Unavailable as trouble:
            log.warning("the router can't be reached", trouble=str(trouble))
        else:
            self._aligned = now
