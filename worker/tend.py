"""Tends what is live on a host: looks at each instance in its time, and carries out what tidegate/vitals.py makes of
it.

The store says what must run; what is seen is only ever compared with it, so that whoever leads next goes on from there.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from queue import SimpleQueue

import structlog

from tidegate import vitals
from tidegate.blueprint import Service as Definition
from tidegate.instance import Instance, InstanceState
from tidegate.scaling import Change
from tidegate.store import CannotOpen
from tidegate.store.instances import Tended
from tidegate.vitals import Act, Rules, Sign, Verdict
from worker import names
from worker.parts import Parts
from worker.ports import Container, Engine, Reading, Refused, Unavailable
from worker.reach import Reach
from worker.resize import resize
from worker.revive import revive
from worker.rules import rules_of
from worker.settle import settle
from worker.switch import current_table

#: Probes at the same time: one that gets no answer takes its whole time limit.
_PROBES = 8
#: Seconds between two turns at most, and at least; and until what could not be done is tried again.
_LONGEST, _SHORTEST, _AGAIN = 0.5, 0.01, timedelta(seconds=1)
_PROBED = frozenset({InstanceState.JOINING, InstanceState.STARTING, InstanceState.HEALTHY, InstanceState.UNHEALTHY})

log = structlog.get_logger(__name__)


@dataclass
class _Pulse:
    """What is remembered of a container between two looks."""

    next_at: datetime
    failures: int = 0
    tries: int = 0
    #: When it was last seen to run.
    seen_at: datetime | None = None
    #: Something has happened to it since.
    rung: bool = False


@dataclass
class Tending:
    """Of one host: that it hangs keeps no other's instances waiting. One thread turns it; others may ring. A cut is a
    time in which nobody could see what happened on the host."""

    parts: Parts
    host: str
    _pulses: dict[str, _Pulse] = field(default_factory=dict)
    _served: dict[str, tuple[Definition, Rules]] = field(default_factory=dict)
    _rung: SimpleQueue[str] = field(default_factory=SimpleQueue)
    _wake: threading.Event = field(default_factory=threading.Event)
    _cut: bool = True
    #: Since when nothing could happen on the host unseen.
    _since: datetime | None = None
    #: Bytes by container, as last measured.
    _written: Mapping[str, int] = field(default_factory=dict)
    #: The router may not know yet who is healthy.
    _behind: bool = False
    _reach: Reach = field(init=False)
    _pool: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(_PROBES, "probe"))

    def __post_init__(self) -> None:
        self._reach = Reach(self.parts, self.host)

    @property
    def _engine(self) -> Engine:
        return self.parts.hosts.of(self.host)

    def ring(self, container: str) -> None:
        """Something happened to it."""
        self._rung.put(container)
        self._wake.set()

    def cut(self) -> None:
        """What ended meanwhile may have ended with its host."""
        self._cut = True
        self._wake.set()

    def measured(self, written: Mapping[str, int]) -> None:
        """How much each running container has written, in bytes."""
        self._written = written
        for container, size in written.items():
            if 0 < self.parts.settings.most_written < size:
                self.ring(container)

    def wait(self, seconds: float) -> None:
        """Or until somebody rings."""
        self._wake.wait(seconds)

    def rest(self) -> None:
        """Somebody else leads: what happens meanwhile is not seen."""
        self._pulses.clear()
        self._cut = True
        self._wake.clear()

    def stop(self) -> None:
        self._pool.shutdown(wait=False, cancel_futures=True)

    def turn(self) -> None:
        """Looks at whom it is time for, and does what follows."""
        self._wake.clear()
        now = self.parts.clock.now()
        tended = self.parts.store.instances.tended()
        if self._reach.is_back(self._here(tended)):
            self._cut = True
        if resize(self.parts, tended, lambda each: self._known(each)[0], self._resized):
            tended = self.parts.store.instances.tended()
        here = self._here(tended)
        self._remember(here, now)
        due = [each.instance for each in here if self._pulses[each.instance.container_id].next_at <= now]
        for instance, reading in zip(due, self._probe(due), strict=True):
            self._look(instance, reading, here)
        if due:
            tended = self.parts.store.instances.tended()
        self._align()
        settle(self.parts, tended)

    def pause(self) -> float:
        """Seconds until the next turn."""
        if not self._pulses:
            return _LONGEST
        next_at = min(each.next_at for each in self._pulses.values())
        return min(_LONGEST, max(_SHORTEST, (next_at - self.parts.clock.now()).total_seconds()))

    def _here(self, tended: Sequence[Tended]) -> list[Tended]:
        return [each for each in tended if each.instance.host == self.host]

    def _remember(self, tended: Sequence[Tended], now: datetime) -> None:
        rung = {self._rung.get() for _ in range(self._rung.qsize())}
        cut = self._cut
        if cut:
            self._cut, self._since = False, now
        there = {each.instance.container_id for each in tended}
        for gone in self._pulses.keys() - there:
            del self._pulses[gone]
        for gone in self._served.keys() - {each.instance.deployment_id for each in tended}:
            del self._served[gone]
        for container in there:
            pulse = self._pulses.setdefault(container, _Pulse(now))
            pulse.rung = container in rung
            if cut or container in rung:
                pulse.next_at = now

    def _probe(self, due: Sequence[Instance]) -> list[Reading | None]:
        probed = (each for each in due if each.state in _PROBED and self._known(each)[0].listens)
        asked = [each for each in probed if not self._has_ended(each)]
        readings = {each.container_id: reading for each, reading in zip(asked, self._ask(asked), strict=True)}
        return [readings.get(each.container_id) for each in due]

    def _has_ended(self, instance: Instance) -> bool:
        """Asked where the host has told of it: a container that is gone may leave a probe without an answer for all of
        its time, and its crash must not wait for that."""
        if not self._pulses[instance.container_id].rung or self._reach.trouble:
            return False
        try:
            found = self._engine.inspect(instance.container_id)
        except Unavailable:
            return False
        return found is None or not found.running

    def _ask(self, asked: Sequence[Instance]) -> list[Reading]:
        def one(instance: Instance) -> Reading:
            path = self._known(instance)[0].probed_path
            return self.parts.prober.probe(instance.address, instance.port, path, self.parts.settings.timing.probe)

        return [one(each) for each in asked] if len(asked) < 2 else list(self._pool.map(one, asked))

    def _look(self, instance: Instance, reading: Reading | None, tended: Sequence[Tended]) -> None:
        pulse, rules, now = self._pulses[instance.container_id], self._known(instance)[1], self.parts.clock.now()
        pulse.tries += 1
        if reading is not None:
            pulse.failures = 0 if reading.ok else pulse.failures + 1
        sign = self._sign(instance, pulse, reading, tended)
        verdict = vitals.judge(instance, sign, rules, now)
        after = self._do(instance, verdict, rules) if verdict else instance
        if after is None:
            pulse.next_at = now + _AGAIN
            return
        if after.container_id != instance.container_id:
            pulse = self._pulses[after.container_id] = _Pulse(now)
        if after.started_at != instance.started_at:
            pulse.tries = pulse.failures = 0
        pulse.next_at = vitals.next_look(after, rules, now, pulse.tries)
        if self._reach.trouble:
            pulse.next_at = max(pulse.next_at, now + _AGAIN)

    def _sign(self, instance: Instance, pulse: _Pulse, reading: Reading | None, tended: Sequence[Tended]) -> Sign:
        ok, detail = (reading.ok, reading.detail) if reading else (None, "")
        sign = Sign(None, ok=ok, detail=detail, failures=pulse.failures, trouble=self._reach.trouble)
        if self._reach.trouble:
            return sign
        try:
            found = self._engine.inspect(instance.container_id)
        except Unavailable as trouble:
            self._reach.lost(tended, trouble)
            self._cut = True
            return replace(sign, trouble=self._reach.trouble)
        if found is None:
            return replace(sign, running=False, exists=False)
        known = max(filter(None, (pulse.seen_at, instance.started_at)), default=None)
        if found.running:
            pulse.seen_at = self.parts.clock.now()
        return replace(
            sign,
            running=found.running,
            moved=found.running and found.address is not None and _reached(instance, found) != instance,
            exit_code=found.exit_code,
            oom_killed=found.oom_killed,
            written=self._written.get(instance.container_id, 0),
            interrupted=known is None or self._since is None or known < self._since,
        )

    def _do(self, before: Instance, verdict: Verdict, rules: Rules) -> Instance | None:
        """The instance as it is now; None where it couldn't be done, or is somebody else's by now."""
        try:
            if verdict.act is Act.START:
                return self._start(before, verdict, rules)
            if verdict.act is Act.REMOVE:
                self._engine.remove(before.container_id)
                return verdict.now if self._save(before, verdict) else None
            if verdict.now.state is InstanceState.STARTING:
                verdict = replace(verdict, now=self._found(verdict.now))
            if verdict.now != before and not self._save(before, verdict):
                return None
            if verdict.act is not None:
                self._engine.stop(before.container_id, verdict.act)
        except Unavailable as trouble:
            log.warning("an instance can't be helped now", container=before.container_id[:12], trouble=str(trouble))
            return None
        return verdict.now

    def _start(self, before: Instance, verdict: Verdict, rules: Rules) -> Instance | None:
        """Started first, saved then: whoever comes after a kill in between finds it running."""
        if vitals.outgrown(self._written.get(before.container_id, 0), rules):
            self._engine.remove(before.container_id)
        try:
            container = revive(self.parts, before)
        except (Refused, CannotOpen) as refusal:
            failed = vitals.refused(before, str(refusal), rules, self.parts.clock.now())
            return failed.now if self._save(before, failed) else None
        if container is None:
            return None
        now = _reached(replace(verdict.now, container_id=container.id), container)
        if self._save(before, replace(verdict, now=now)):
            return now
        if self._known(before)[0].disk is not None:
            self._engine.stop(container.id, "SIGKILL")  # it was to make way: another gets its disk now
        return None

    def _found(self, instance: Instance) -> Instance:
        """At the address that it has now."""
        container = self._engine.inspect(instance.container_id)
        return _reached(instance, container) if container else instance

    def _resized(self, before: Instance, change: Change) -> bool:
        self.ring(before.container_id)
        return self._save(before, Verdict(change.after, change.kind, change.text))

    def _save(self, before: Instance, verdict: Verdict) -> bool:
        changed = self.parts.store.instances.change(
            before, verdict.now, verdict.kind, verdict.text, self.parts.clock.now()
        )
        if changed and InstanceState.HEALTHY in (before.state, verdict.now.state):
            self._behind = True
            self._align()
        return changed

    def _align(self) -> None:
        """Traffic goes to who is healthy. A router that is down is told at the next turn."""
        if not self._behind:
            return
        try:
            names.give(self.parts, self.host)
            self.parts.router.apply(lambda: current_table(self.parts))
            names.align(self.parts, self.host)
        except Unavailable as trouble:
            log.warning("the router or the host can't be reached", trouble=str(trouble))
        else:
            self._behind = False

    def _known(self, instance: Instance) -> tuple[Definition, Rules]:
        """A deployment's definition never changes."""
        if instance.deployment_id not in self._served:
            row = self.parts.store.deployments.get(instance.deployment_id)
            definition = Definition.load((row and row.definition) or {})
            self._served[instance.deployment_id] = (definition, rules_of(definition, self.parts.settings))
        return self._served[instance.deployment_id]


def _reached(instance: Instance, container: Container) -> Instance:
    """As it is reached now: a published port is another one after each start."""
    address = container.address or instance.address
    return replace(instance, address=address, port=container.port or instance.port)
