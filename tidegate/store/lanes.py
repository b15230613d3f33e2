"""Who may run which deployment: leases on rows, taken over when they run out, fenced by a number that only grows."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, exc, select, update

from tidegate import wording
from tidegate.deployment import ACTIVE, Lane, LaneLost, Move, Status
from tidegate.store.database import Database
from tidegate.store.deployment_table import IS_ACTIVE, deployments
from tidegate.store.rows import move_row
from tidegate.store.timeline import add_entry, entry_of


def fence(connection: Connection, lane: Lane, *, active: bool = True) -> Row[Any]:
    """The lane's row, locked until the transaction ends. LaneLost: the lane is another's, or (`active`) has ended."""
    row = connection.execute(
        select(deployments).where(deployments.c.id == lane.deployment_id).with_for_update()
    ).one_or_none()
    if row is None or row.epoch != lane.epoch or row.owner != lane.owner:
        raise LaneLost(f"{lane.deployment_id}: another worker has taken over")
    if active and row.status not in ACTIVE:
        raise LaneLost(f"{lane.deployment_id} is {row.status}: {row.reason}")
    return row


def claim(database: Database, deployment_id: str, owner: str, ttl: float, at: datetime) -> Lane | None:
    """Starts a queued deployment or takes over one whose lease ran out; None where neither can be.

    Of two that start in the same lane at once, the database's constraint lets one through.
    """
    try:
        with database.write() as connection:
            row = connection.execute(
                select(deployments).where(deployments.c.id == deployment_id).with_for_update()
            ).one_or_none()
            if row is None:
                return None
            if row.status is Status.QUEUED:
                move_row(connection, row, Move(Status.INITIALIZING, wording.STARTED), at)
            elif row.status in ACTIVE and row.lease_until <= at:
                add_entry(connection, entry_of(row, at, "resumed", wording.RESUMED, "tidegate"))
            else:
                return None
            connection.execute(
                update(deployments)
                .where(deployments.c.seq == row.seq)
                .values(owner=owner, epoch=row.epoch + 1, lease_until=at + timedelta(seconds=ttl))
            )
            return Lane(row.id, row.service_id, row.environment, owner, row.epoch + 1)
    except exc.IntegrityError:
        return None


def beat(database: Database, lane: Lane, ttl: float, at: datetime) -> str | None:
    """Extends the lease from `at`; who asked to cancel, if anybody did. Raises LaneLost."""
    extended = (
        update(deployments)
        .where(
            deployments.c.id == lane.deployment_id,
            deployments.c.epoch == lane.epoch,
            deployments.c.owner == lane.owner,
            IS_ACTIVE,
        )
        .values(lease_until=at + timedelta(seconds=ttl))
        .returning(deployments.c.cancel_asked_by)
    )
    with database.write() as connection:
        found = connection.execute(extended).one_or_none()
    if found is None:
        raise LaneLost(f"{lane.deployment_id}: another worker has taken over, or it has ended")
    return found.cancel_asked_by  # type: ignore[no-any-return]  # a nullable text


def put_off(database: Database, lane: Lane, seconds: float, at: datetime) -> None:
    """Nobody holds it for so many seconds; who has asked to cancel it is not kept waiting. Raises LaneLost."""
    with database.write() as connection:
        row = fence(connection, lane)
        until = at if row.cancel_asked_by else at + timedelta(seconds=seconds)
        left = update(deployments).where(deployments.c.seq == row.seq).values(owner=None, lease_until=until)
        connection.execute(left)
