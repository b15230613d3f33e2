"""Webhooks as they came, kept until they are handled. Deduplicated by what was handled, not by what was seen."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import TextClause, delete, func, literal_column, null, select, update

from tidegate.repository import Delivery
from tidegate.store.database import Database
from tidegate.store.tables import IS_DONE_DELIVERY, IS_PENDING_DELIVERY, deliveries
from tidegate.store.upsert import upsert

PENDING, HANDLED, FAILED = "pending", "handled", "failed"
#: A delivery that failed this often is not tried again, unless GitHub sends it again.
MOST_ATTEMPTS = 5
#: Rows that one statement puts: a statement of each size is compiled once, when it is first needed.
_MOST_AT_ONCE = 50
#: Seconds until the second attempt; each further one waits twice as long.
_FIRST_PAUSE = 5.0


class Deliveries:
    def __init__(self, database: Database) -> None:
        self._database = database
        self._put = cache(self._putting)

    def _putting(self, rows: int) -> TextClause:
        return upsert(
            self._database,
            deliveries,
            ("guid", "event", "body", "received_at", "ready_at", "state", "attempts"),
            rows=rows,
            key=["guid"],
            changes=lambda new: {
                "state": new.state,
                "attempts": new.attempts,
                "ready_at": new.ready_at,
                "claimed_by": null(),
                "error": null(),
                "done_at": null(),
            },
            where=lambda _: deliveries.c.state == literal_column(f"'{FAILED}'"),
        )

    def put(self, arrived: Sequence[Delivery]) -> int:
        """On the disk when this returns. How many of them are to be handled because of this call.

        A guid that is pending or was handled is left alone; one that had failed for good is pending again.
        """
        put = 0
        # Each once, as PostgreSQL demands of a statement; and in one order, so that two processes that put the same
        # guids don't wait for each other in a circle.
        once = sorted({each.guid: each for each in arrived}.values(), key=lambda each: each.guid)
        for begin in range(0, len(once), _MOST_AT_ONCE):
            some = once[begin : begin + _MOST_AT_ONCE]
            values = {f"{name}_{n}": value for n, each in enumerate(some) for name, value in _row(each).items()}
            with self._database.single() as connection:
                put += connection.execute(self._put(len(some)), values).rowcount
        return put

    def claim(self, limit: int, owner: str, ttl: float, at: datetime) -> list[Delivery]:
        """Up to `limit` that nobody else holds, the oldest first; they are the owner's for `ttl` seconds."""
        ready = (
            select(deliveries.c.seq)
            .where(IS_PENDING_DELIVERY, deliveries.c.ready_at <= at)
            .order_by(deliveries.c.seq)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
        claiming = (
            update(deliveries)
            .where(deliveries.c.seq.in_(ready))
            .values(ready_at=at + timedelta(seconds=ttl), claimed_by=owner)
            .returning(deliveries)
        )
        with self._database.write() as connection:
            rows = connection.execute(claiming).all()
        return [
            Delivery(row.guid, row.event, row.body, row.received_at, row.attempts)
            for row in sorted(rows, key=lambda row: row.seq)
        ]

    def handled(self, guids: Sequence[str], at: datetime) -> None:
        done = (
            update(deliveries)
            .where(deliveries.c.guid.in_(guids))
            .values(state=HANDLED, done_at=at, claimed_by=None, error=None)
        )
        with self._database.write() as connection:
            connection.execute(done)

    def failed(self, guid: str, error: str, at: datetime) -> bool:
        """Notes a failed attempt. True: that was the last; else it can be claimed again after 5 s, then 10 s, 20 s …"""
        found = select(deliveries.c.attempts).where(deliveries.c.guid == guid).with_for_update()
        with self._database.write() as connection:
            attempts: int = connection.execute(found).scalar_one()
            pause = timedelta(seconds=_FIRST_PAUSE * 2**attempts)
            over = attempts + 1 >= MOST_ATTEMPTS
            connection.execute(
                update(deliveries)
                .where(deliveries.c.guid == guid)
                .values(
                    state=FAILED if over else PENDING,
                    attempts=attempts + 1,
                    ready_at=at + pause,
                    claimed_by=None,
                    error=error,
                    done_at=at if over else None,
                )
            )
        return over

    def pending(self, at: datetime) -> int:
        """How many could be claimed now."""
        counted = select(func.count()).where(IS_PENDING_DELIVERY, deliveries.c.ready_at <= at)
        with self._database.read() as connection:
            return connection.execute(counted).scalar_one()

    def seen(self, guid: str) -> str | None:
        """The state of a delivery, "pending", "handled" or "failed"; None where it never came, or was pruned."""
        with self._database.read() as connection:
            return connection.execute(select(deliveries.c.state).where(deliveries.c.guid == guid)).scalar()

    def prune(self, before: datetime) -> None:
        """Forgets what was handled, or given up, before then: longer ago than GitHub sends anything again."""
        with self._database.write() as connection:
            connection.execute(delete(deliveries).where(IS_DONE_DELIVERY, deliveries.c.done_at < before))


def _row(delivery: Delivery) -> dict[str, Any]:
    return {
        "guid": delivery.guid,
        "event": delivery.event,
        "body": delivery.body,
        "received_at": delivery.received_at,
        "ready_at": delivery.received_at,
        "state": PENDING,
        "attempts": 0,
    }
