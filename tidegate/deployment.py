"""A deployment: one attempt to bring one commit live in one (service, environment), and the moves that it may make."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum


class Status(StrEnum):
    SKIPPED = "skipped"
    WAITING = "waiting"
    QUEUED = "queued"
    INITIALIZING = "initializing"
    BUILDING = "building"
    PRE_DEPLOY = "pre_deploy"
    DEPLOYING = "deploying"
    LIVE = "live"
    CRASHED = "crashed"
    COMPLETED = "completed"
    DRAINING = "draining"
    REMOVED = "removed"
    SUPERSEDED = "superseded"
    CANCELED = "canceled"
    FAILED = "failed"


class Health(StrEnum):
    """Of what is live. DEGRADED: at least one instance is well, and at least one isn't. UNHEALTHY: none is."""

    HEALTHY = "healthy"
    DEGRADED = "degraded"
    UNHEALTHY = "unhealthy"


#: The lane's constraint in the database counts these: at most one such row per (service, environment).
ACTIVE = frozenset({Status.INITIALIZING, Status.BUILDING, Status.PRE_DEPLOY, Status.DEPLOYING})
#: Not started yet; at most the newest of them will ever start.
PENDING = frozenset({Status.WAITING, Status.QUEUED})
#: Live, well or not.
SERVING = frozenset({Status.LIVE, Status.CRASHED})
#: Instances exist and may serve.
RUNNING = frozenset({Status.LIVE, Status.CRASHED, Status.DRAINING})
#: No further move is legal.
FINAL = frozenset({Status.SKIPPED, Status.COMPLETED, Status.REMOVED, Status.SUPERSEDED, Status.CANCELED, Status.FAILED})

_BEFORE_LIVE = {Status.FAILED, Status.CANCELED}
LEGAL: dict[Status, frozenset[Status]] = {
    Status.WAITING: frozenset({Status.QUEUED, Status.SUPERSEDED, Status.SKIPPED} | _BEFORE_LIVE),
    Status.QUEUED: frozenset({Status.INITIALIZING, Status.SUPERSEDED} | _BEFORE_LIVE),
    Status.INITIALIZING: frozenset({Status.BUILDING, Status.PRE_DEPLOY, Status.DEPLOYING} | _BEFORE_LIVE),
    Status.BUILDING: frozenset({Status.PRE_DEPLOY, Status.DEPLOYING} | _BEFORE_LIVE),
    Status.PRE_DEPLOY: frozenset({Status.DEPLOYING} | _BEFORE_LIVE),
    Status.DEPLOYING: frozenset({Status.LIVE} | _BEFORE_LIVE),
    Status.LIVE: frozenset({Status.CRASHED, Status.COMPLETED, Status.DRAINING, Status.REMOVED}),
    Status.CRASHED: frozenset({Status.LIVE, Status.DRAINING, Status.REMOVED}),
    Status.DRAINING: frozenset({Status.REMOVED}),
    # A gate that closed is looked at again: a failed check that is re-run to success re-opens it.
    Status.SKIPPED: frozenset({Status.WAITING, Status.QUEUED}),
    Status.COMPLETED: frozenset(),
    Status.REMOVED: frozenset(),
    Status.SUPERSEDED: frozenset(),
    Status.CANCELED: frozenset(),
    Status.FAILED: frozenset(),
}


class Fault(StrEnum):
    """Whose fault a failure is: the user's code or configuration, or the platform (Docker, GitHub, disk, ourselves)."""

    USER = "user"
    PLATFORM = "platform"


class Trigger(StrEnum):
    PUSH = "push"
    REDEPLOY = "redeploy"
    RERUN = "rerun"
    ROLLBACK = "rollback"
    RESTART = "restart"
    MANUAL = "manual"
    SWEEP = "sweep"
    PULL_REQUEST = "pull request"
    HOOK = "deploy hook"
    DEPLOYMENT = "deployment"
    CONFIG = "config"


class Step(StrEnum):
    #: Built while its checks ran, before it had begun.
    AHEAD = "build-ahead"
    FETCH = "fetch"
    BUILD = "build"
    PRE_DEPLOY = "pre-deploy"
    START = "start"
    SWITCH = "switch"
    PURGE = "purge"
    RETIRE = "retire"


@dataclass(frozen=True)
class Finding:
    """A mistake at a line of a file of the repository, as GitHub annotates it. Lines count from 1."""

    path: str
    line: int
    title: str
    message: str

    @property
    def place(self) -> str:
        return f"{self.path}:{self.line}"


@dataclass(frozen=True)
class Move:
    """A change of status, with why and by whom. `actor` is a GitHub login, or "tidegate"."""

    status: Status
    reason: str
    actor: str = "tidegate"
    fault: Fault | None = None
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True)
class Deployment:
    """As recorded. Times are aware and in UTC. `version` counts the moves; a report of version v is current at v."""

    id: str
    repository_id: int
    service_id: int
    service: str
    environment: str
    sha: str
    branch: str
    message: str
    author: str
    trigger: Trigger
    actor: str
    status: Status
    reason: str
    created_at: datetime
    fault: Fault | None = None
    #: Git tree of the whole repository at `sha`, where known.
    tree: str | None = None
    #: Names the image by what goes into it; None until decided (see buildplan.py).
    build_key: str | None = None
    #: Image reference, and its content id, once built or found.
    image: str | None = None
    image_id: str | None = None
    #: The deployment's snapshot of its service in the deploy file, as JSON-able mapping (blueprint.Service.dump()).
    definition: dict[str, object] | None = None
    #: When a waiting row wants to be looked at next, whatever else happens.
    look_at: datetime | None = None
    #: Since when every counted check has been complete and passed (the settle time runs from here).
    open_since: datetime | None = None
    #: When it came to its present status.
    moved_at: datetime | None = None
    started_at: datetime | None = None
    live_at: datetime | None = None
    ended_at: datetime | None = None
    cancel_asked_by: str | None = None
    #: Lines of the repository's files that made it fail.
    findings: tuple[Finding, ...] = ()
    #: It began as WAITING: decisions 1 to 5 of SEMANTICS section 2 said yes, and only the gate has a say.
    gated: bool = False
    #: A fork's commit: nothing of it is built or run until somebody with write permission has approved it.
    needs_approval: bool = False
    #: It is built anew, whatever was built from the same source.
    clear_cache: bool = False
    #: Of its instances, since it is live; None: nothing was ever wrong. And what is wrong.
    health: Health | None = None
    health_reason: str = ""
    #: It was taken out of the history, with its image and what it had printed: by whom.
    discarded: str | None = None
    version: int = 0
    reported_version: int = -1


@dataclass(frozen=True)
class Lane:
    """Proof that its holder runs the only active deployment of (service, environment).

    Made by the store alone (`Deployments.claim`). `epoch` fences: a write that carries an older epoch than the row's is
    refused with LaneLost, so a worker that was thought dead can't undo what its successor did.
    """

    deployment_id: str
    service_id: int
    environment: str
    owner: str
    epoch: int


class IllegalMove(Exception):
    """A move that LEGAL does not list. Nothing was changed."""


class LaneLost(Exception):
    """The lease was taken over by another worker, or the deployment ended elsewhere. Stop at once, touch nothing."""


def check_move(current: Status, move: Move) -> None:
    """Raises IllegalMove where `current` may not become `move.status`."""
    if move.status not in LEGAL[current]:
        raise IllegalMove(f"{current} → {move.status} ({move.reason})")


def advance(deployment: Deployment, move: Move, at: datetime) -> Deployment:
    """The deployment after a legal move at time `at`; raises IllegalMove."""
    check_move(deployment.status, move)
    started, live, ended = deployment.started_at, deployment.live_at, deployment.ended_at
    if move.status is Status.INITIALIZING:
        started = at
    if move.status is Status.LIVE and live is None:
        live = at
    if move.status in FINAL:
        ended = at
    elif ended is not None:
        ended = None
    return replace(
        deployment,
        status=move.status,
        reason=move.reason,
        fault=move.fault,
        findings=move.findings,
        moved_at=at,
        started_at=started,
        live_at=live,
        ended_at=ended,
        version=deployment.version + 1,
    )
