"""A deployment's row and the record that it stands for, and the one place where a row's status changes."""

from __future__ import annotations

from dataclasses import fields
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, update

from tidegate.deployment import ACTIVE, Deployment, Move, advance
from tidegate.store.deployment_table import deployments
from tidegate.store.timeline import add_entry, entry_of

_NAMES = tuple(field.name for field in fields(Deployment))


def record(row: Row[Any]) -> Deployment:
    """From a row of the whole table, which has more: its number, its lease."""
    return Deployment(**{name: getattr(row, name) for name in _NAMES})


def move_row(connection: Connection, row: Row[Any], move: Move, at: datetime) -> Deployment:
    """Makes a legal move of a row that this transaction has locked, and tells the timeline. Raises IllegalMove."""
    moved = advance(record(row), move, at)
    values: dict[str, Any] = {
        "status": moved.status,
        "reason": moved.reason,
        "fault": moved.fault,
        "findings": moved.findings,
        "moved_at": moved.moved_at,
        "started_at": moved.started_at,
        "live_at": moved.live_at,
        "ended_at": moved.ended_at,
        "version": moved.version,
    }
    if moved.status not in ACTIVE:
        values["lease_until"] = None
    connection.execute(update(deployments).where(deployments.c.seq == row.seq).values(**values))
    add_entry(connection, entry_of(row, at, moved.status, move.reason, move.actor))
    return moved
