"""The deployments' table, and the conditions that its partial indexes and their queries have in common."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ColumnElement,
    ForeignKey,
    Index,
    Integer,
    Table,
    Text,
    false,
    literal_column,
)

from tidegate.deployment import ACTIVE, FINAL, PENDING, RUNNING, SERVING, Fault, Health, Status, Trigger
from tidegate.store.columns import Findings, Json, Moment, Number, Prose, word
from tidegate.store.metadata import metadata, partial_index

deployments = Table(
    "deployments",
    metadata,
    Column("seq", Number, primary_key=True),
    Column("id", Text, nullable=False, unique=True),
    Column("repository_id", BigInteger, ForeignKey("repositories.id"), nullable=False),
    Column("service_id", Number, ForeignKey("services.id"), nullable=False),
    Column("service", Text, nullable=False),
    Column("environment", Text, nullable=False),
    Column("sha", Text, nullable=False),
    Column("branch", Prose, nullable=False),
    Column("message", Prose, nullable=False),
    Column("author", Prose, nullable=False),
    Column("trigger", word(Trigger), nullable=False),
    Column("actor", Text, nullable=False),
    Column("status", word(Status), nullable=False),
    Column("reason", Prose, nullable=False),
    Column("fault", word(Fault)),
    Column("tree", Text),
    Column("build_key", Text),
    Column("image", Text),
    Column("image_id", Text),
    Column("definition", Json),
    Column("created_at", Moment, nullable=False),
    Column("moved_at", Moment, nullable=False),
    Column("look_at", Moment),
    Column("open_since", Moment),
    Column("started_at", Moment),
    Column("live_at", Moment),
    Column("ended_at", Moment),
    Column("cancel_asked_by", Text),
    Column("findings", Findings, nullable=False),
    Column("gated", Boolean, nullable=False),
    Column("version", Integer, nullable=False),
    Column("reported_version", Integer, nullable=False),
    # The lease. It outlives nothing: without `lease_until` nobody holds the lane. `epoch` only ever grows.
    Column("owner", Text),
    Column("epoch", Integer, nullable=False),
    Column("lease_until", Moment),
    Column("needs_approval", Boolean, nullable=False, server_default=false()),
    Column("clear_cache", Boolean, nullable=False, server_default=false()),
    Column("health", word(Health)),
    Column("health_reason", Prose, nullable=False, server_default=""),
    # Who has taken it out of the history.
    Column("discarded", Prose),
    sqlite_autoincrement=True,
)


def _status_in(statuses: Iterable[Status]) -> ColumnElement[bool]:
    return deployments.c.status.in_([literal_column(f"'{status}'") for status in sorted(statuses)])


IS_ACTIVE = _status_in(ACTIVE)
IS_PENDING = _status_in(PENDING)
IS_COMING = _status_in(PENDING | ACTIVE)
IS_UNFINISHED = _status_in(set(Status) - FINAL)
IS_SERVING = _status_in(SERVING)
IS_RUNNING = _status_in(RUNNING)
IS_WAITING = deployments.c.status == literal_column(f"'{Status.WAITING}'")
IS_QUEUED = deployments.c.status == literal_column(f"'{Status.QUEUED}'")
WAS_LIVE = deployments.c.live_at.is_not(None)
HAS_ENDED = deployments.c.ended_at.is_not(None)
IS_UNREPORTED = deployments.c.reported_version < deployments.c.version
#: The lane: at most one active deployment per (service, environment), whatever any code believes.
partial_index(
    "deployments_one_active", deployments.c.service_id, deployments.c.environment, where=IS_ACTIVE, unique=True
)
_LANE = (deployments.c.service_id, deployments.c.environment, deployments.c.seq)
Index("deployments_lane", *_LANE)
partial_index("deployments_pending", *_LANE, where=IS_PENDING)
partial_index("deployments_serving", *_LANE, where=IS_SERVING)
partial_index("deployments_running", *_LANE, where=IS_RUNNING)
partial_index("deployments_were_live", *_LANE, where=WAS_LIVE)
Index("deployments_service", deployments.c.service_id, deployments.c.seq)
Index("deployments_sha", deployments.c.sha, *_LANE)
partial_index("deployments_due", deployments.c.look_at, where=IS_WAITING)
partial_index("deployments_queued", deployments.c.moved_at, where=IS_QUEUED)
partial_index("deployments_leases", deployments.c.lease_until, where=IS_ACTIVE)
# Begins with the environment, or SQLite would take it for any question about one repository's deployments.
Index("deployments_environment", deployments.c.environment, deployments.c.repository_id, deployments.c.seq)
partial_index(
    "deployments_unfinished",
    deployments.c.repository_id,
    deployments.c.environment,
    deployments.c.seq,
    where=IS_UNFINISHED,
)
partial_index("deployments_images", deployments.c.image, where=deployments.c.image.is_not(None))
partial_index("deployments_unreported", deployments.c.seq, where=IS_UNREPORTED)
# For the counts of the last hour.
partial_index("deployments_came_live", deployments.c.live_at, where=WAS_LIVE)
partial_index("deployments_ended", deployments.c.ended_at, deployments.c.status, deployments.c.fault, where=HAS_ENDED)
