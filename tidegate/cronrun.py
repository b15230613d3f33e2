"""A run of a cron service: one process from its start to its end, and what a look at it means (SEMANTICS 6)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from tidegate.health import how_ended


class RunState(StrEnum):
    #: Is due, and the one before it runs still.
    WAITING = "waiting"
    #: Has its deployment and its place as the only one; its container may be there already.
    STARTING = "starting"
    RUNNING = "running"
    COMPLETED = "completed"
    FAILED = "failed"
    #: Was stopped, or its turn never came.
    CANCELED = "canceled"


#: At most one of a service in an environment, which a constraint in the database holds.
ACTIVE = frozenset({RunState.STARTING, RunState.RUNNING})
#: Not over yet.
OPEN = ACTIVE | {RunState.WAITING}


class RunTrigger(StrEnum):
    SCHEDULE = "schedule"
    MANUAL = "manual"


@dataclass(frozen=True)
class CronRun:
    """As recorded. `asked_at`: when it was due, or asked for. `ends_as`: it is to be stopped, and is that then, for
    `reason`; `termed_at`: it was told to."""

    id: int
    service_id: int
    environment: str
    trigger: RunTrigger
    actor: str
    state: RunState
    asked_at: datetime
    reason: str = ""
    deployment_id: str | None = None
    host: str | None = None
    began_at: datetime | None = None
    ended_at: datetime | None = None
    exit_code: int | None = None
    ends_as: RunState | None = None
    termed_at: datetime | None = None


@dataclass(frozen=True)
class Sight:
    """Its container, as the host tells. `exists` False: it was removed."""

    exists: bool
    running: bool
    exit_code: int | None = None
    oom_killed: bool = False


@dataclass(frozen=True)
class Over:
    """The run has ended."""

    state: RunState
    reason: str
    exit_code: int | None = None


@dataclass(frozen=True)
class TooLong:
    """From now on it is to be stopped, and has failed then."""

    reason: str


class Tell(StrEnum):
    """A signal is due."""

    TERM = "SIGTERM"
    KILL = "SIGKILL"


def judge(run: CronRun, sight: Sight, limit: float, grace: int, now: datetime) -> Over | TooLong | Tell | None:
    """What follows for a run that has begun; None: it goes on. `limit` and `grace` (from SIGTERM to SIGKILL) in
    seconds."""
    if not sight.running:
        return _over(run, sight)
    if run.ends_as is None:
        late = run.began_at is not None and now - run.began_at >= timedelta(seconds=limit)
        return TooLong(too_long(limit)) if late else None
    if run.termed_at is None:
        return Tell.TERM
    return Tell.KILL if now - run.termed_at >= timedelta(seconds=grace) else None


def log_name(run_id: int) -> str:
    """What its lines are called in its deployment's log."""
    return f"run {run_id}"


def too_long(limit: float) -> str:
    return f"it ran for {f'{limit / 3600:g} h' if limit >= 3600 else f'{limit:g} s'}, which is the longest that it may"


def replaced_by(actor: str) -> str:
    return f"{actor} started another by hand, and there is one at a time"


def host_gone(host: str) -> str:
    return f"its Docker host {host} is no longer among TIDEGATE_HOSTS"


NO_LONGER_CRON = "what is live now is no cron service any more"
_COMPLETED = "exited with code 0"
_REMOVED = "its container was removed by somebody else"


def _over(run: CronRun, sight: Sight) -> Over:
    if run.ends_as is not None:
        return Over(run.ends_as, run.reason, sight.exit_code)
    if not sight.exists:
        return Over(RunState.FAILED, _REMOVED)
    if sight.exit_code == 0 and not sight.oom_killed:
        return Over(RunState.COMPLETED, _COMPLETED, 0)
    return Over(RunState.FAILED, how_ended(sight.exit_code, oom_killed=sight.oom_killed), sight.exit_code)
