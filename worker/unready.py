"""Tells of an instance that starts and fails its probes: whoever waits for it must not have to wait for the time limit
to learn what it answers."""

from __future__ import annotations

from tidegate import wording
from tidegate.deployment import Step
from tidegate.health import Told, worth_telling
from worker.run import Run


class Unready:
    """Of one rollout's start. What is told stands in its log, and for as long as it holds beside the instance and as
    the deployment's reason."""

    def __init__(self, run: Run, usual: str) -> None:
        """`usual`: the deployment's reason while nothing is wrong. A worker before this one may have left another."""
        self._run = run
        self._usual = usual
        self._last: dict[int, Told] = {}
        run.explain(usual)

    def tell(self, index: int, detail: str, elapsed: float) -> None:
        """A probe of that instance failed, `elapsed` seconds after its start; may be called as often as one likes.
        Raises as `Run.check` does: a probe that was cut short tells nothing."""
        run = self._run
        run.check()
        if not worth_telling(detail, elapsed, self._last.get(index)):
            return
        self._last[index] = Told(detail, elapsed)
        why = wording.not_healthy_yet(index, run.definition.probed_path, run.definition.port, detail)
        left = run.parts.settings.timing.start - elapsed
        run.say(Step.START, f"{why}; {wording.tried_until(left)}")
        run.parts.store.instances.explain(run.deployment.id, index, why)
        run.explain(f"{self._usual}; {why}")

    def over(self) -> None:
        """It is healthy."""
        self._run.explain(self._usual)
