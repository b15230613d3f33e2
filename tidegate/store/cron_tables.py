"""The tables of cron services: when each runs next, and its runs."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Column, ColumnElement, ForeignKey, Index, Integer, Table, Text, literal_column

from tidegate.cronrun import ACTIVE, OPEN, RunState, RunTrigger
from tidegate.store.columns import Moment, Number, Prose, word
from tidegate.store.metadata import metadata, partial_index

schedules = Table(
    "schedules",
    metadata,
    Column("service_id", Number, ForeignKey("services.id"), primary_key=True, autoincrement=False),
    Column("environment", Text, primary_key=True),
    Column("schedule", Text, nullable=False),
    Column("next_at", Moment, nullable=False),
)

cron_runs = Table(
    "cron_runs",
    metadata,
    Column("id", Number, primary_key=True),
    Column("service_id", Number, ForeignKey("services.id"), nullable=False),
    Column("environment", Text, nullable=False),
    Column("trigger", word(RunTrigger), nullable=False),
    Column("actor", Text, nullable=False),
    Column("state", word(RunState), nullable=False),
    Column("asked_at", Moment, nullable=False),
    Column("reason", Prose, nullable=False),
    Column("deployment_id", Text, ForeignKey("deployments.id")),
    Column("host", Text),
    Column("began_at", Moment),
    Column("ended_at", Moment),
    Column("exit_code", Integer),
    Column("ends_as", word(RunState)),
    Column("termed_at", Moment),
    Index("cron_runs_place", "service_id", "environment", "id"),
    Index("cron_runs_ended", "ended_at"),
    sqlite_autoincrement=True,
)


def _state_in(states: Iterable[RunState]) -> ColumnElement[bool]:
    return cron_runs.c.state.in_([literal_column(f"'{state}'") for state in sorted(states)])


IS_ACTIVE_RUN = _state_in(ACTIVE)
IS_OPEN_RUN = _state_in(OPEN)
IS_WAITING_RUN = cron_runs.c.state == literal_column(f"'{RunState.WAITING}'")
_PLACE = (cron_runs.c.service_id, cron_runs.c.environment)
#: One at a time, whatever any code believes; and behind it one that waits.
partial_index("cron_runs_one_active", *_PLACE, where=IS_ACTIVE_RUN, unique=True)
partial_index("cron_runs_one_waiting", *_PLACE, where=IS_WAITING_RUN, unique=True)
partial_index("cron_runs_open", cron_runs.c.id, where=IS_OPEN_RUN)
