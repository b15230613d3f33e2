"""The instances that a rollout has given traffic already: watched until the switch, since one that fails ends it.

From the switch on they are tended like everything that is live; until then nobody else looks after them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from tidegate import wording
from tidegate.deployment import Fault
from tidegate.health import how_ended
from worker.ports import Away, Engine, Unavailable
from worker.run import Run, StepFailed

#: Between two inspections, in seconds: requests go there.
_INSPECT = timedelta(seconds=0.2)


@dataclass(frozen=True)
class Newcomer:
    """`address` and `port` are where it is reached."""

    index: int
    engine: Engine
    container: str
    address: str
    port: int


@dataclass
class _Watched:
    new: Newcomer
    probe_at: datetime
    failures: int = 0
    #: What was heard when its host could not be asked.
    trouble: Unavailable | None = None


class Newcomers:
    def __init__(self, run: Run) -> None:
        self._run = run
        self._there: list[_Watched] = []
        self._look_at = run.parts.clock.now()

    def add(self, new: Newcomer) -> None:
        """It has just passed a probe."""
        self._there.append(_Watched(new, self._next_probe()))

    def look_now_and_then(self) -> None:
        """May be called as often as one likes. Raises as `look` does."""
        if self._run.parts.clock.now() >= self._look_at:
            self.look()

    def look(self) -> None:
        """Raises StepFailed where one has ended, or fails its probes as what is live may not; Away where one may have
        ended with its host."""
        now = self._run.parts.clock.now()
        self._look_at = now + _INSPECT
        for each in self._there:
            self._inspect(each)
            if self._run.definition.listens and now >= each.probe_at:
                self._probe(each)

    def _inspect(self, each: _Watched) -> None:
        try:
            seen = each.new.engine.inspect(each.new.container)
        except Unavailable as trouble:
            each.trouble = trouble
            return  # a host that can't be asked is no crash; probes tell meanwhile
        if seen is None:
            self._fail(each.new, wording.INSTANCE_VANISHED, Fault.PLATFORM)
        elif not seen.running and each.trouble:
            raise Away(str(each.trouble), detail=each.trouble.detail)
        elif not seen.running:
            how = how_ended(seen.exit_code, oom_killed=seen.oom_killed)
            self._fail(each.new, wording.no_longer_well(f"the container {how}"), Fault.USER)

    def _probe(self, each: _Watched) -> None:
        parts = self._run.parts
        path, timeout = self._run.definition.probed_path, parts.settings.timing.probe
        reading = parts.prober.probe(each.new.address, each.new.port, path, timeout)
        each.failures = 0 if reading.ok else each.failures + 1
        each.probe_at = self._next_probe()
        if each.failures >= parts.settings.probe_failures:
            how = f"failed {each.failures} probes in a row: {reading.detail}"
            self._fail(each.new, wording.no_longer_well(how), Fault.USER)

    def _next_probe(self) -> datetime:
        timing = self._run.parts.settings.timing
        return self._run.parts.clock.now() + timedelta(seconds=timing.probe_interval)

    def _fail(self, each: Newcomer, reason: str, fault: Fault) -> None:
        raise StepFailed(wording.instance_failed(each.index, self._run.instances, reason), fault)
