"""An instance: one container of a deployment, and its place in the router."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class InstanceState(StrEnum):
    """The router sends to HEALTHY ones only."""

    #: Was asked for by scaling, and has not answered yet.
    JOINING = "joining"
    STARTING = "starting"
    HEALTHY = "healthy"
    #: Runs, and doesn't answer its probes.
    UNHEALTHY = "unhealthy"
    #: Was told to stop, to be started again.
    STOPPING = "stopping"
    #: Doesn't run, through no fault of its own; it is started again.
    DOWN = "down"
    #: Its process failed.
    CRASHED = "crashed"
    #: Its process said that its work is done.
    COMPLETED = "completed"
    #: Is wanted no more: it finishes what it is answering, then it is told to stop.
    LEAVING = "leaving"
    ENDING = "ending"
    #: Retired, with the whole deployment or in favour of another.
    STOPPED = "stopped"
    REMOVED = "removed"


#: Those that run no more, and won't again.
GONE = frozenset({InstanceState.STOPPED, InstanceState.REMOVED})


@dataclass(frozen=True)
class Instance:
    """`index` counts from 0 within the deployment. `address` and `port` are reachable from the router's machine."""

    deployment_id: str
    index: int
    host: str
    container_id: str
    address: str
    port: int
    state: InstanceState
    #: Why it isn't healthy.
    reason: str = ""
    #: When its process was started last, and how often that was because it had crashed.
    started_at: datetime | None = None
    restarts: int = 0
    #: When it is to be stopped (UNHEALTHY, LEAVING), killed (STOPPING, ENDING, STOPPED) or started (DOWN, CRASHED);
    #: None: not by itself, or, STOPPED, it was not sent SIGTERM yet.
    due_at: datetime | None = None


@dataclass(frozen=True)
class Retirement:
    """A deployment's instances that must go: SIGTERM at `term_at`, SIGKILL `grace` seconds later, then removed.

    A row, carried out by whoever watches; it holds no worker and survives every restart. An instance whose host can't
    be reached at `term_at` has its SIGTERM later, and its own deadline; `termed_at`: all of them had it.
    """

    deployment_id: str
    term_at: datetime
    grace: int
    termed_at: datetime | None = None


@dataclass(frozen=True)
class PhaseRecord:
    """When a step began and ended, and how: "ok", "failed", "skipped" or "canceled"; None while it runs."""

    step: str
    started_at: datetime
    ended_at: datetime | None
    outcome: str | None
    detail: str = ""
