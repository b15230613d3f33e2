"""Deployments: made, moved, claimed and reported here, each in one transaction together with its timeline entry."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

from sqlalchemy import Connection, Row, case, insert, select, update

from tidegate import wording
from tidegate.deployment import (
    ACTIVE,
    PENDING,
    SERVING,
    Deployment,
    Fault,
    Finding,
    Health,
    IllegalMove,
    Lane,
    LaneLost,
    Move,
    Status,
    Trigger,
)
from tidegate.logline import fields
from tidegate.store import lanes, snapshots
from tidegate.store.deployment_reads import DeploymentReads
from tidegate.store.deployment_table import IS_WAITING, deployments
from tidegate.store.identity import new_id
from tidegate.store.reports import ReportState
from tidegate.store.rows import move_row, record
from tidegate.store.tables import reports
from tidegate.store.timeline import add_entry, entry_of

log = logging.getLogger(__name__)

_STILLBORN = frozenset({Status.SKIPPED, Status.SUPERSEDED, Status.FAILED})


@dataclass(frozen=True)
class NewDeployment:
    """A deployment to be made: pending, or ended before it began (SKIPPED, SUPERSEDED, or FAILED with its fault)."""

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
    tree: str | None = None
    definition: dict[str, object] | None = None
    build_key: str | None = None
    image: str | None = None
    image_id: str | None = None
    look_at: datetime | None = None
    fault: Fault | None = None
    findings: tuple[Finding, ...] = ()
    needs_approval: bool = False
    clear_cache: bool = False
    #: GitHub's id of a deployment that somebody else made there: this one is reported on it.
    github_deployment: int | None = None
    #: The deployment whose variables it begins with; None takes today's when it starts.
    snapshot_of: str | None = None

    @classmethod
    def again(cls, source: Deployment, trigger: Trigger, actor: str, reason: str) -> Self:
        """What ran once, queued again exactly so: its commit, its definition, its image, its variables."""
        return cls(
            repository_id=source.repository_id,
            service_id=source.service_id,
            service=source.service,
            environment=source.environment,
            sha=source.sha,
            branch=source.branch,
            message=source.message,
            author=source.author,
            trigger=trigger,
            actor=actor,
            status=Status.QUEUED,
            reason=reason,
            tree=source.tree,
            definition=source.definition,
            build_key=source.build_key,
            image=source.image,
            image_id=source.image_id,
            snapshot_of=source.id,
        )


class Deployments(DeploymentReads):
    def create(self, new: NewDeployment, at: datetime) -> Deployment:
        """Raises IllegalMove where a deployment can't begin so."""
        if new.status not in PENDING | _STILLBORN:
            raise IllegalMove(f"a deployment can't begin as {new.status}")
        given = vars(new).copy()
        foreign, source = given.pop("github_deployment"), given.pop("snapshot_of")
        making = (
            insert(deployments)
            .values(
                id=new_id(at),
                created_at=at,
                moved_at=at,
                ended_at=at if new.status in _STILLBORN else None,
                version=0,
                reported_version=-1,
                epoch=0,
                gated=new.status is Status.WAITING,
                **given,
            )
            .returning(deployments)
        )
        with self._database.write() as connection:
            made = connection.execute(making).one()
            if foreign is not None:
                told = ReportState(made.id, github_deployment=foreign)
                connection.execute(insert(reports).values(**vars(told)))
            if source is not None:
                snapshots.copy(connection, source, made.id)
            add_entry(connection, entry_of(made, at, new.status, new.reason, new.actor))
        of = fields(deployment_id=made.id, service=new.service, environment=new.environment, sha=new.sha)
        log.info("a deployment is recorded", extra=of)
        return record(made)

    def wait(self, deployment_id: str, look_at: datetime | None, open_since: datetime | None, reason: str) -> None:
        """What a waiting deployment waits for; one that waits no more is left alone. A new reason is a new version."""
        changed = case((deployments.c.reason != reason, 1), else_=0)
        waiting = (
            update(deployments)
            .where(deployments.c.id == deployment_id, IS_WAITING)
            .values(look_at=look_at, open_since=open_since, reason=reason, version=deployments.c.version + changed)
        )
        with self._database.write() as connection:
            connection.execute(waiting)

    def claim(self, deployment_id: str, owner: str, ttl: float, at: datetime) -> Lane | None:
        """Starts a queued deployment or takes over one whose lease ran out, for `ttl` seconds. None: not now."""
        return lanes.claim(self._database, deployment_id, owner, ttl, at)

    def beat(self, lane: Lane, ttl: float, at: datetime) -> str | None:
        """Extends the lease to `ttl` seconds from now; who asked to cancel, if anybody did. Raises LaneLost."""
        return lanes.beat(self._database, lane, ttl, at)

    def put_off(self, lane: Lane, seconds: float, at: datetime) -> None:
        """Leaves it to whoever takes it up so many seconds from now, or once it is to be canceled. Raises LaneLost."""
        lanes.put_off(self._database, lane, seconds, at)

    def move(self, deployment_id: str, move: Move, at: datetime, lane: Lane | None = None) -> Deployment:
        """Makes a legal move; with a lane, only as its holder. Leaving the active statuses ends the lease.

        Raises IllegalMove, LaneLost, KeyError where there is no such deployment. To start is a claim, not a move.
        """
        if move.status is Status.INITIALIZING:
            raise IllegalMove("only a claim starts a deployment, since it needs the lane")
        with self._database.write() as connection:
            if lane is None:
                row = _locked(connection, deployment_id)
            elif lane.deployment_id == deployment_id:
                row = lanes.fence(connection, lane)
            else:
                raise LaneLost(f"the lane of {lane.deployment_id} is no proof for {deployment_id}")
            if row is None:
                raise KeyError(deployment_id)
            return move_row(connection, row, move, at)

    def explain(self, lane: Lane, reason: str) -> Deployment:
        """Another reason for the status that an active deployment has, as a new version of it. The timeline tells of
        moves only. Raises LaneLost."""
        with self._database.write() as connection:
            row = lanes.fence(connection, lane)
            changed = update(deployments).where(deployments.c.seq == row.seq).returning(deployments)
            return record(connection.execute(changed.values(reason=reason, version=row.version + 1)).one())

    def set_build(self, lane: Lane, build_key: str | None, image: str | None, image_id: str | None) -> None:
        """Raises LaneLost."""
        with self._database.write() as connection:
            row = lanes.fence(connection, lane)
            connection.execute(
                update(deployments)
                .where(deployments.c.seq == row.seq)
                .values(build_key=build_key, image=image, image_id=image_id)
            )

    def approve(self, deployment_id: str, actor: str, at: datetime) -> bool:
        """Lets a waiting deployment of a fork's commit go on; it waits for its checks from now (`moved_at`). False: it
        waits for nobody's approval (any more)."""
        with self._database.write() as connection:
            row = _locked(connection, deployment_id)
            if row is None or row.status is not Status.WAITING or not row.needs_approval:
                return False
            approved = {"needs_approval": False, "moved_at": at, "version": row.version + 1}
            connection.execute(update(deployments).where(deployments.c.seq == row.seq).values(**approved))
            add_entry(connection, entry_of(row, at, "approved", wording.approved_by(actor), actor))
            return True

    def ask_cancel(self, deployment_id: str, actor: str, at: datetime) -> bool:
        """Cancels a pending deployment now; an active one's worker hears of it at its next beat, and one that was put
        off is taken up for it. False: too late."""
        with self._database.write() as connection:
            row = _locked(connection, deployment_id)
            if row is None or row.status not in PENDING | ACTIVE:
                return False
            if row.status in PENDING:
                move_row(connection, row, Move(Status.CANCELED, wording.canceled_by(actor), actor), at)
            elif row.cancel_asked_by is None:
                lease = row.lease_until if row.owner is not None else at
                asked = {"cancel_asked_by": actor, "lease_until": lease}
                connection.execute(update(deployments).where(deployments.c.seq == row.seq).values(**asked))
                add_entry(connection, entry_of(row, at, "cancel_asked", wording.cancel_asked_by(actor), actor))
            return True

    def set_health(self, deployment_id: str, health: Health, reason: str, at: datetime) -> bool:
        """How the instances of what is live are; of what has crashed, that is its reason, too. False: nothing is
        changed, since it isn't live or is known so."""
        with self._database.write() as connection:
            row = _locked(connection, deployment_id)
            if row is None or row.status not in SERVING or (row.health, row.health_reason) == (health, reason):
                return False
            known = {"health": health, "health_reason": reason, "version": row.version + 1}
            if row.status is Status.CRASHED and reason:
                known["reason"] = reason
            connection.execute(update(deployments).where(deployments.c.seq == row.seq).values(**known))
            if (row.health or Health.HEALTHY) is not health:
                add_entry(connection, entry_of(row, at, health, reason or health, "tidegate"))
            return True

    def reported(self, deployment_id: str, version: int) -> None:
        """GitHub shows this version. An older one than was noted already changes nothing."""
        behind = (deployments.c.id == deployment_id, deployments.c.reported_version < version)
        with self._database.write() as connection:
            connection.execute(update(deployments).where(*behind).values(reported_version=version))


def _locked(connection: Connection, deployment_id: str) -> Row[Any] | None:
    found = select(deployments).where(deployments.c.id == deployment_id).with_for_update()
    return connection.execute(found).one_or_none()
