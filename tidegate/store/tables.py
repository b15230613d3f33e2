"""The tables, and for each question that the product asks often, the index that answers it.

Partial indexes keep the hot questions (what is pending, whose lease ran out, what is unreported) as small as their
answers, however many finished rows there are. A query must repeat such an index's condition literally, since neither
database can match a bound parameter to it; so each condition has one name here, used by the index and its queries.
"""

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
    LargeBinary,
    MetaData,
    Table,
    Text,
    column,
    literal_column,
    table,
)

from tidegate.deployment import ACTIVE, PENDING, RUNNING, Fault, Status, Trigger
from tidegate.instance import InstanceState
from tidegate.store.columns import Findings, Json, Moment, Number, Prose, Word, word

metadata = MetaData()

#: The last of the migrations, which makes these tables.
REVISION = "0001"
#: Alembic's own table: what the database is at.
versions = table("alembic_version", column("version_num"))


def _index(name: str, *columns: Column[object], where: ColumnElement[bool]) -> None:
    Index(name, *columns, sqlite_where=where, postgresql_where=where)


deliveries = Table(
    "deliveries",
    metadata,
    Column("seq", Number, primary_key=True),
    Column("guid", Text, nullable=False, unique=True),
    Column("event", Text, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("received_at", Moment, nullable=False),
    Column("state", Word, nullable=False),
    Column("attempts", Integer, nullable=False),
    # When it may be claimed: at once, after a claim's time to live, or after a failure's pause; one column for all.
    Column("ready_at", Moment, nullable=False),
    Column("claimed_by", Text),
    Column("error", Prose),
    # When it was handled, or had failed for good.
    Column("done_at", Moment),
    sqlite_autoincrement=True,
)
IS_PENDING_DELIVERY = deliveries.c.state == literal_column("'pending'")
IS_DONE_DELIVERY = deliveries.c.done_at.is_not(None)
_index("deliveries_pending", deliveries.c.seq, deliveries.c.ready_at, where=IS_PENDING_DELIVERY)
_index("deliveries_done", deliveries.c.done_at, where=IS_DONE_DELIVERY)

repositories = Table(
    "repositories",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("installation_id", BigInteger, nullable=False),
    Column("owner", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("default_branch", Text, nullable=False),
    Column("private", Boolean, nullable=False),
    Column("gone", Prose),
    Column("seen_at", Moment, nullable=False),
    Index("repositories_installation", "installation_id"),
    Index("repositories_name", "owner", "name"),
)

services = Table(
    "services",
    metadata,
    Column("id", Number, primary_key=True),
    Column("repository_id", BigInteger, ForeignKey("repositories.id"), nullable=False),
    Column("name", Text, nullable=False),
    Column("definition", Json, nullable=False),
    Column("auto_deploy_off", Prose),
    Index("services_name", "repository_id", "name", unique=True),
    sqlite_autoincrement=True,
)

environments = Table(
    "environments",
    metadata,
    Column("id", Number, primary_key=True),
    Column("service_id", Number, ForeignKey("services.id"), nullable=False),
    Column("name", Text, nullable=False),
    Column("routed", Text, ForeignKey("deployments.id")),
    # What was routed before `routed`: a resumed switch must give the same answer as the one that was cut short.
    Column("routed_before", Text),
    Column("routed_at", Moment),
    Column("live_sha", Text),
    Index("environments_name", "service_id", "name", unique=True),
    sqlite_autoincrement=True,
)

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
    Column("look_at", Moment),
    Column("open_since", Moment),
    Column("queued_at", Moment),
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
    sqlite_autoincrement=True,
)


def _status_in(statuses: Iterable[Status]) -> ColumnElement[bool]:
    return deployments.c.status.in_([literal_column(f"'{status}'") for status in sorted(statuses)])


IS_ACTIVE = _status_in(ACTIVE)
IS_PENDING = _status_in(PENDING)
IS_SERVING = _status_in((Status.LIVE, Status.CRASHED))
IS_RUNNING = _status_in(RUNNING)
IS_WAITING = deployments.c.status == literal_column(f"'{Status.WAITING}'")
IS_QUEUED = deployments.c.status == literal_column(f"'{Status.QUEUED}'")
WAS_LIVE = deployments.c.live_at.is_not(None)
IS_UNREPORTED = deployments.c.reported_version < deployments.c.version
#: The lane: at most one active deployment per (service, environment), whatever any code believes.
Index(
    "deployments_one_active",
    deployments.c.service_id,
    deployments.c.environment,
    unique=True,
    sqlite_where=IS_ACTIVE,
    postgresql_where=IS_ACTIVE,
)
_LANE = (deployments.c.service_id, deployments.c.environment, deployments.c.seq)
Index("deployments_lane", *_LANE)
_index("deployments_pending", *_LANE, where=IS_PENDING)
_index("deployments_serving", *_LANE, where=IS_SERVING)
_index("deployments_running", *_LANE, where=IS_RUNNING)
_index("deployments_were_live", *_LANE, where=WAS_LIVE)
Index("deployments_service", deployments.c.service_id, deployments.c.seq)
Index("deployments_sha", deployments.c.sha, deployments.c.seq)
_index("deployments_due", deployments.c.look_at, where=IS_WAITING)
_index("deployments_queued", deployments.c.queued_at, where=IS_QUEUED)
_index("deployments_leases", deployments.c.lease_until, where=IS_ACTIVE)
_index("deployments_unreported", deployments.c.seq, where=IS_UNREPORTED)


def _deployment_id(*, primary_key: bool = False) -> Column[str]:
    return Column("deployment_id", Text, ForeignKey("deployments.id"), nullable=False, primary_key=primary_key)


phases = Table(
    "phases",
    metadata,
    _deployment_id(primary_key=True),
    Column("step", Word, primary_key=True),
    Column("started_at", Moment, nullable=False),
    Column("ended_at", Moment),
    Column("outcome", Word),
    Column("detail", Prose, nullable=False),
)

timeline = Table(
    "timeline",
    metadata,
    Column("seq", Number, primary_key=True),
    Column("at", Moment, nullable=False),
    Column("kind", Word, nullable=False),
    Column("text", Prose, nullable=False),
    Column("actor", Text, nullable=False),
    Column("repository_id", BigInteger, ForeignKey("repositories.id"), nullable=False),
    Column("service", Text),
    Column("environment", Text),
    Column("deployment_id", Text, ForeignKey("deployments.id")),
    Column("sha", Text),
    Index("timeline_repository", "repository_id", "seq"),
    Index("timeline_service", "repository_id", "service", "seq"),
    Index("timeline_deployment", "deployment_id", "seq"),
    sqlite_autoincrement=True,
)

instances = Table(
    "instances",
    metadata,
    _deployment_id(primary_key=True),
    Column("index", Integer, primary_key=True, autoincrement=False),
    Column("host", Text, nullable=False),
    Column("container_id", Text, nullable=False),
    Column("address", Text, nullable=False),
    Column("port", Integer, nullable=False),
    Column("state", word(InstanceState), nullable=False),
)
IS_HEALTHY = instances.c.state == literal_column(f"'{InstanceState.HEALTHY}'")
_index("instances_healthy", instances.c.deployment_id, instances.c.index, where=IS_HEALTHY)

retirements = Table(
    "retirements",
    metadata,
    _deployment_id(primary_key=True),
    Column("term_at", Moment, nullable=False),
    Column("grace", Integer, nullable=False),
    Column("termed_at", Moment),
    # When something is to be done next: SIGTERM at `term_at`, then SIGKILL at `termed_at` + `grace`.
    Column("due_at", Moment, nullable=False),
    Index("retirements_due", "due_at"),
)

log_chunks = Table(
    "log_chunks",
    metadata,
    _deployment_id(primary_key=True),
    # Numbers of the first and the last line, which count from 1 within the deployment.
    Column("first", Integer, primary_key=True, autoincrement=False),
    Column("last", Integer, nullable=False),
    Column("step", Word, nullable=False),
    Column("lines", LargeBinary, nullable=False),
)

variables = Table(
    "variables",
    metadata,
    Column("service_id", Number, ForeignKey("services.id"), primary_key=True, autoincrement=False),
    Column("environment", Text, primary_key=True),
    Column("name", Text, primary_key=True),
    Column("kind", Word, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("set_at", Moment, nullable=False),
)

reports = Table(
    "reports",
    metadata,
    _deployment_id(primary_key=True),
    Column("github_deployment", BigInteger),
    Column("check_run", BigInteger),
    Column("deployment_attempted", Boolean, nullable=False),
    Column("check_attempted", Boolean, nullable=False),
    Column("shown_deployment", Text, nullable=False),
    Column("shown_check", Text, nullable=False),
    Column("shown_status", Text, nullable=False),
    Column("failures", Integer, nullable=False),
    Column("not_before", Moment),
    Column("last_at", Moment),
    Index("reports_check_run", "check_run"),
)

leases = Table(
    "leases",
    metadata,
    Column("name", Text, primary_key=True),
    Column("owner", Text, nullable=False),
    Column("until", Moment, nullable=False),
)

tokens = Table(
    "tokens",
    metadata,
    Column("key", Text, primary_key=True),
    Column("sealed", LargeBinary, nullable=False),
    Column("expires_at", Moment, nullable=False),
)
