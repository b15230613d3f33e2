"""One rollout under way: its lane, its log, its steps with their times, and when it must stop."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from functools import cached_property, partial
from typing import TypeVar

import structlog

from tidegate import scaling, wording
from tidegate.blueprint import Service as Definition
from tidegate.container import network_labels, network_name
from tidegate.deployment import Deployment, Fault, Finding, Lane, LaneLost, Status, Step
from tidegate.repository import Repository
from worker import names, progress
from worker.heart import Heart
from worker.parts import Parts
from worker.ports import Away, BuildFailed, Canceled, Engine, LogSink, Refused, Unavailable

T = TypeVar("T")
log = structlog.get_logger(__name__)

#: Seconds between two tries.
PAUSE = 1.0
#: Seconds after which a longer wait asks whether the rollout must stop: people wait for that.
_PULSE = 0.1
#: How often a step is begun again since its host went away under it: it may be the step that brings the host down.
CUTS = 3


class StepFailed(Exception):
    """A step failed for good. The message is the reason that the user reads."""

    def __init__(self, reason: str, fault: Fault, findings: tuple[Finding, ...] = ()) -> None:
        super().__init__(reason)
        self.reason = reason
        self.fault = fault
        self.findings = findings


class Postponed(Exception):
    """A part can't be had for `seconds` yet, longer than a worker waits for it: the deployment goes on then."""

    def __init__(self, trouble: str, seconds: float) -> None:
        super().__init__(trouble)
        self.seconds = seconds


class Run:
    """`deployment` is as last recorded. Every write carries the lane: a worker that was taken over changes nothing."""

    def __init__(self, parts: Parts, lane: Lane, deployment: Deployment, repository: Repository) -> None:
        self.parts = parts
        self.lane = lane
        self.deployment = deployment
        self.repository = repository
        self.definition = Definition.load(deployment.definition or {})
        #: What the log may not show; to be known before its first line.
        self.secrets: Collection[str] = ()
        #: What is to be told beside the step that is under way, once it has ended well.
        self.remark = ""
        self.heart = Heart(parts, lane)
        self.heart.canceled_by = deployment.cancel_asked_by
        #: The Docker host of each of its instances, by index; see worker/place.py.
        self.placed: Sequence[Engine] = ()

    @cached_property
    def log(self) -> LogSink:
        """Opened by its first line, since a build ahead may still write to the same log until then."""
        return self.parts.open_log(self.deployment.id, self.secrets)

    @property
    def url(self) -> str | None:
        """Where the service is reached from outside, if it is."""
        place = self.deployment
        return self.parts.settings.public_url(place.service, place.environment, place.definition)

    @property
    def runtime(self) -> str | None:
        return self.parts.settings.runtime(self.deployment.environment)

    @cached_property
    def instances(self) -> int:
        """How many there shall be."""
        place = self.parts.store.environments.get(self.lane.service_id, self.lane.environment)
        asked, most = place.scaling if place else None, self.definition.most_instances
        return scaling.wanted(self.definition.num_instances, asked, most)

    @property
    def hosts(self) -> Sequence[Engine]:
        """Those that its instances run on, each once."""
        return list({engine.name: engine for engine in self.placed}.values())

    def ensure_network(self, engine: Engine) -> None:
        """The private network of the repository's environment is there, and who is looked for is found on it."""
        place = self.deployment
        name = network_name(place.repository_id, place.environment)
        labels = network_labels(self.repository.full_name, place.environment)
        self.patiently(lambda: engine.ensure_network(name, labels))
        self.patiently(lambda: names.give(self.parts, engine.name))

    def close(self) -> None:
        if "log" in self.__dict__:
            self.log.close()

    def check(self) -> None:
        """Raises LaneLost or Canceled where the rollout must stop."""
        if self.heart.lost:
            raise LaneLost(self.lane.deployment_id)
        if self.heart.canceled_by is not None:
            raise Canceled(self.heart.canceled_by)

    def pause(self, seconds: float) -> None:
        """Between two looks at a condition. Raises as `check` does, soon after there is a reason to."""
        clock = self.parts.clock
        until = clock.now() + timedelta(seconds=seconds)
        while (left := (until - clock.now()).total_seconds()) > 0:
            self.check()
            clock.sleep(min(left, _PULSE))

    def say(self, step: Step, text: str) -> None:
        self.log.line(step, text)

    def forward(self, status: Status, reason: str) -> None:
        self.deployment = progress.forward(self.parts, self.lane, self.deployment, status, reason)

    def explain(self, reason: str) -> None:
        """Tells more, or less, of what the status waits for, wherever the deployment shows."""
        if reason != self.deployment.reason:
            self.deployment = self.parts.store.deployments.explain(self.lane, reason)

    @contextmanager
    def ahead_of(self, step: Step) -> Iterator[None]:
        """What must be done for a step before those that come before it: what goes wrong is told as that step's."""
        try:
            yield
        except (Refused, Unavailable, TimeoutError, OSError) as error:
            raise _as_failure(step, error) from error

    @contextmanager
    def step(self, step: Step) -> Iterator[None]:
        """Records when the step began and how it ended; turns what went wrong into StepFailed."""
        self.check()
        phases, clock = self.parts.store.phases, self.parts.clock
        phases.begin(self.lane, step, clock.now())
        try:
            yield
        except Canceled:
            phases.end(self.lane, step, "canceled", clock.now())
            self.check()
            raise
        except (StepFailed, BuildFailed, Refused, Unavailable, TimeoutError, OSError) as error:
            failed = _as_failure(step, error)
            if isinstance(error, Unavailable):
                log.warning("a step had no answer", step=step, trouble=error.detail)
            phases.end(self.lane, step, "failed", clock.now(), wording.within(step, failed.reason))
            raise failed from error
        detail, self.remark = self.remark, ""
        phases.end(self.lane, step, "ok", clock.now(), detail)

    def skip(self, step: Step, why: str) -> None:
        """Records that a step had nothing to do, and why."""
        now = self.parts.clock.now()
        self.parts.store.phases.skip(self.lane, step, now, why)
        self.say(step, why)

    def patiently(self, call: Callable[[], T], but: type[Unavailable] | None = None) -> T:
        """Calls again while the other side is Unavailable (`but` for this), until patience ends: a restart of a part
        must not fail a deploy. Where it says itself when it can be asked again, and that is later, Postponed is raised:
        no worker sleeps for it."""
        clock, patience = self.parts.clock, self.parts.settings.timing.patience
        until = clock.now().timestamp() + patience
        while True:
            try:
                return call()
            except Unavailable as trouble:
                if but is not None and isinstance(trouble, but):
                    raise
                wait = max(PAUSE, trouble.retry_after or 0)
                if trouble.retry_after is not None and wait > patience:
                    raise Postponed(str(trouble), wait) from trouble
                if clock.now().timestamp() + wait > until:
                    raise
                self.pause(wait)

    def despite_cuts(self, step: Step, hosts: Collection[Engine], call: Callable[[], T]) -> T:
        """For what takes long on these hosts: where one went away under the call, the call is made again once all can
        be asked, as another worker would. What was begun there may have ended with it, and is nobody's failure."""
        for _ in range(CUTS):
            try:
                return call()
            except Away as trouble:
                log.warning("a host went away under a step", step=step, trouble=trouble.detail)
                self.say(step, wording.cut(str(trouble)))
                for host in hosts:
                    self.patiently(partial(host.inspect, "nobody"))
        return call()


def _as_failure(step: Step, error: Exception) -> StepFailed:
    match error:
        case StepFailed():
            return error
        case BuildFailed() | Refused():
            return StepFailed(wording.step_failed(step, str(error)), Fault.USER)
        case TimeoutError():
            return StepFailed(wording.step_timed_out(step), Fault.USER)
        case _:
            return StepFailed(wording.step_failed(step, str(error)), Fault.PLATFORM)
