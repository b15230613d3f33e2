"""What is to be sent to people's addresses, and what became of it: the rows are the queue, and the log."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, exists, insert, or_, select, update

from tidegate.notification import HAPPENINGS, OFF, TEST, Endpoint
from tidegate.repository import TimelineEntry
from tidegate.retry import Outcome
from tidegate.store.database import Database
from tidegate.store.notification_tables import (
    IS_DONE_MESSAGE,
    IS_PENDING_MESSAGE,
    endpoints,
    outgoing,
    outgoing_attempts,
)
from tidegate.store.outgoing_rows import DELIVERED, FAILED, PENDING, put_message
from tidegate.store.tables import timeline
from tidegate.store.timeline import COLUMNS, add_entry


@dataclass(frozen=True)
class Attempt:
    """`seconds`: how long it took. `detail`: what was answered, without the address."""

    number: int
    at: datetime
    seconds: float
    ok: bool
    detail: str


@dataclass(frozen=True)
class Message:
    """`number`: its entry's on the timeline, of which an endpoint is told once. `state`: "pending", "delivered", or
    "failed", which is given up. `attempts` that were made, the first first."""

    id: str
    endpoint_id: str
    number: int
    entry: TimelineEntry
    state: str
    due_at: datetime
    attempts: int
    log: tuple[Attempt, ...] = field(default=())

    @property
    def type(self) -> str:
        return HAPPENINGS[self.entry.kind].type


_MESSAGE = (
    outgoing.c.id,
    outgoing.c.endpoint_id,
    outgoing.c.entry.label("number"),
    outgoing.c.state,
    outgoing.c.due_at,
    outgoing.c.attempts,
)


class Outgoing:
    def __init__(self, database: Database) -> None:
        self._database = database

    def waiting(self, at: datetime) -> list[str]:
        """Endpoints for which something is due, and which don't rest."""
        due = exists().where(outgoing.c.endpoint_id == endpoints.c.id, IS_PENDING_MESSAGE, outgoing.c.due_at <= at)
        awake = or_(endpoints.c.rests_until.is_(None), endpoints.c.rests_until <= at)
        found = select(endpoints.c.id).where(endpoints.c.disabled.is_(None), awake, due).order_by(endpoints.c.id)
        with self._database.read() as connection:
            return list(connection.execute(found).scalars())

    def due(self, endpoint_id: str, limit: int, at: datetime) -> list[Message]:
        """The longest due first."""
        found = (
            select(*_MESSAGE, *COLUMNS)
            .join(timeline, timeline.c.seq == outgoing.c.entry)
            .where(outgoing.c.endpoint_id == endpoint_id, IS_PENDING_MESSAGE, outgoing.c.due_at <= at)
            .order_by(outgoing.c.due_at, outgoing.c.entry)
            .limit(limit)
        )
        with self._database.read() as connection:
            return [_message(row) for row in connection.execute(found)]

    def record(self, endpoint: Endpoint, message: Message, attempt: Attempt, outcome: Outcome) -> None:
        """What became of an attempt, of the message, and of its endpoint. Where somebody deleted either: nothing."""
        at = attempt.at
        locked = select(outgoing.c.state).where(outgoing.c.id == message.id).with_for_update()
        with self._database.write() as connection:
            if connection.execute(locked).scalar() is None:
                return
            connection.execute(insert(outgoing_attempts).values(message_id=message.id, **vars(attempt)))
            over = outcome.ok or outcome.due_at is None
            state = DELIVERED if outcome.ok else FAILED if over else PENDING
            changes = {"state": state, "attempts": attempt.number, "done_at": at if over else None}
            if outcome.due_at is not None:
                changes["due_at"] = outcome.due_at
            connection.execute(update(outgoing).where(outgoing.c.id == message.id).values(**changes))
            its = {
                "failing_since": outcome.failing_since,
                "rests_until": outcome.rests_until,
                "disabled": outcome.disabled,
            }
            connection.execute(update(endpoints).where(endpoints.c.id == endpoint.id).values(**its))
            if outcome.disabled:
                _give_up(connection, endpoint, outcome.disabled, at)

    def test(self, endpoint: Endpoint, text: str, actor: str, at: datetime) -> str:
        """Something to be sent there alone; the message's id."""
        entry = TimelineEntry(at, TEST, text, actor, endpoint.repository_id)
        with self._database.write(synced=True) as connection:
            added = connection.execute(insert(timeline).values(**vars(entry)))
            assert added.inserted_primary_key is not None
            return put_message(connection, endpoint.id, added.inserted_primary_key[0], at)

    def again(self, endpoint_id: str, message_id: str, at: datetime) -> bool:
        """One that is over is due once more, with all its attempts before it. False: there is none such."""
        its = outgoing.c.id == message_id, outgoing.c.endpoint_id == endpoint_id, IS_DONE_MESSAGE
        with self._database.write(synced=True) as connection:
            done = connection.execute(update(outgoing).where(*its).values(state=PENDING, due_at=at, done_at=None))
            return bool(done.rowcount)

    def of_endpoint(self, endpoint_id: str, limit: int, before: int | None = None) -> list[Message]:
        """The newest first, each with its attempts; `before`: those of lower numbers."""
        found = (
            select(*_MESSAGE, *COLUMNS)
            .join(timeline, timeline.c.seq == outgoing.c.entry)
            .where(outgoing.c.endpoint_id == endpoint_id)
            .order_by(outgoing.c.entry.desc())
            .limit(limit)
        )
        if before is not None:
            found = found.where(outgoing.c.entry < before)
        with self._database.read() as connection:
            rows = connection.execute(found).all()
            attempts = _attempts(connection, [row.id for row in rows])
        return [_message(row, tuple(attempts.get(row.id, ()))) for row in rows]

    def prune(self, before: datetime) -> None:
        """Forgets what was over before then."""
        old = select(outgoing.c.id).where(IS_DONE_MESSAGE, outgoing.c.done_at < before)
        with self._database.write() as connection:
            connection.execute(delete(outgoing_attempts).where(outgoing_attempts.c.message_id.in_(old)))
            connection.execute(delete(outgoing).where(IS_DONE_MESSAGE, outgoing.c.done_at < before))


def _give_up(connection: Connection, endpoint: Endpoint, why: str, at: datetime) -> None:
    left = outgoing.c.endpoint_id == endpoint.id, IS_PENDING_MESSAGE
    connection.execute(update(outgoing).where(*left).values(state=FAILED, done_at=at))
    text = f"nothing is sent to {endpoint.shown} any more, since {why}"
    add_entry(connection, TimelineEntry(at, OFF, text, "tidegate", endpoint.repository_id))


def _attempts(connection: Connection, message_ids: Sequence[str]) -> dict[str, list[Attempt]]:
    columns = outgoing_attempts.c
    found = select(outgoing_attempts).where(columns.message_id.in_(message_ids)).order_by(columns.number)
    attempts: dict[str, list[Attempt]] = {}
    for row in connection.execute(found):
        made = Attempt(row.number, row.at, row.seconds, row.ok, row.detail)
        attempts.setdefault(row.message_id, []).append(made)
    return attempts


def _message(row: Row[Any], log: tuple[Attempt, ...] = ()) -> Message:
    entry = TimelineEntry(*row[len(_MESSAGE) :])
    return Message(row.id, row.endpoint_id, row.number, entry, row.state, row.due_at, row.attempts, log)
