"""What is to be sent because of an entry of the timeline: a row for each address that wants it."""

from __future__ import annotations

from datetime import datetime
from uuid import uuid4

from sqlalchemy import Connection, and_, insert, select

from tidegate.notification import HAPPENINGS, wanted
from tidegate.repository import TimelineEntry
from tidegate.store.notification_tables import endpoints, notification_choices, outgoing

PENDING, DELIVERED, FAILED = "pending", "delivered", "failed"


def put_outgoing(connection: Connection, number: int, entry: TimelineEntry) -> None:
    """`number`: the entry's."""
    if entry.kind not in HAPPENINGS:
        return
    choice = and_(
        notification_choices.c.repository_id == endpoints.c.repository_id,
        notification_choices.c.service == entry.service,
    )
    asked = (
        select(endpoints.c.id, endpoints.c.wants, notification_choices.c.wants.label("choice"))
        .join_from(endpoints, notification_choices, choice, isouter=True)
        .where(endpoints.c.repository_id == entry.repository_id, endpoints.c.disabled.is_(None))
    )
    for row in connection.execute(asked).all():
        if wanted(entry.kind, row.wants, row.choice):
            put_message(connection, row.id, number, entry.at)


def put_message(connection: Connection, endpoint_id: str, number: int, at: datetime) -> str:
    """Its id, by which receivers know it again: no number, which a restored backup would give out twice."""
    message_id = f"msg_{uuid4().hex}"
    new = {
        "id": message_id,
        "endpoint_id": endpoint_id,
        "entry": number,
        "state": PENDING,
        "attempts": 0,
        "due_at": at,
    }
    connection.execute(insert(outgoing).values(**new))
    return message_id
