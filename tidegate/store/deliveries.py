"""Webhooks as they came, kept until they are handled. Deduplicated by what was handled, not by what was seen."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select, update

from tidegate.repository import Delivery
from tidegate.request import OWN
from tidegate.store.columns import Moment
from tidegate.store.database import Database
from tidegate.store.tables import IS_DONE_DELIVERY, IS_PENDING_DELIVERY, deliveries

PENDING, HANDLED, FAILED = "pending", "handled", "failed"
#: A delivery that failed this often is not tried again, unless GitHub sends it again.
MOST_ATTEMPTS = 5
#: Rows that one statement puts.
_MOST_AT_ONCE = 50
#: The receiver's pace. Given to the driver as it is, since SQLAlchemy spends as long on a statement as SQLite on a row.
_PUT = f"""
INSERT INTO deliveries (guid, event, body, received_at, ready_at, state, attempts) VALUES {{rows}}
ON CONFLICT (guid) DO UPDATE SET
  state = '{PENDING}', attempts = 0, ready_at = excluded.ready_at, claimed_by = NULL, error = NULL, done_at = NULL
WHERE deliveries.state = '{FAILED}'
"""  # noqa: S608 - made of our own constants
_ROW = f"({{mark}}, {{mark}}, {{mark}}, {{mark}}, {{mark}}, '{PENDING}', 0)"
#: Seconds until the second attempt; each further one waits twice as long.
_FIRST_PAUSE = 5.0


class Deliveries:
    def __init__(self, database: Database) -> None:
        self._database = database
        self._mark = "?" if database.is_sqlite else "%s"
        self._moment = database.bind(Moment())

    def put(self, arrived: Sequence[Delivery]) -> int:
        """On the disk when this returns. How many of them are to be handled because of this call.

        A guid that is pending or was handled is left alone; one that had failed for good is pending again.
        """
        # Each once, as PostgreSQL demands of a statement; and in one order, so that two processes that put the same
        # guids don't wait for each other in a circle.
        rows = [row for _, row in sorted({each.guid: each for each in arrived}.items())]
        put = 0
        for begin in range(0, len(rows), _MOST_AT_ONCE):
            some = rows[begin : begin + _MOST_AT_ONCE]
            values = ", ".join([_ROW.format(mark=self._mark)] * len(some))
            parameters: list[object] = []
            for each in some:
                at = self._moment(each.received_at)
                parameters += (each.guid, each.event, each.body, at, at)
            with self._database.single() as connection:
                put += connection.exec_driver_sql(_PUT.format(rows=values), tuple(parameters)).rowcount
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

    def known(self, guids: Collection[str]) -> set[str]:
        """Those of them that ever came, whatever became of them."""
        asked = select(deliveries.c.guid).where(deliveries.c.guid.in_(guids))
        with self._database.read() as connection:
            return set(connection.execute(asked).scalars())

    def newest(self) -> datetime | None:
        """When the one that was stored last was received, of those that GitHub sent; None where none was."""
        githubs = deliveries.c.event.not_like(f"{OWN}%")
        last = select(deliveries.c.received_at).where(githubs).order_by(deliveries.c.seq.desc()).limit(1)
        with self._database.read() as connection:
            return connection.execute(last).scalar()

    def prune(self, before: datetime) -> None:
        """Forgets what was handled, or given up, before then: longer ago than GitHub sends anything again."""
        with self._database.write() as connection:
            connection.execute(delete(deliveries).where(IS_DONE_DELIVERY, deliveries.c.done_at < before))
