"""The tables, but for the deployments' and those of what people ask for; with the indexes for what is asked often."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    literal_column,
)

from tidegate.instance import InstanceState
from tidegate.placement import Admission
from tidegate.store.columns import Json, Moment, Number, Prose, Word, word
from tidegate.store.metadata import metadata, partial_index

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
partial_index("deliveries_pending", deliveries.c.seq, deliveries.c.ready_at, where=IS_PENDING_DELIVERY)
partial_index("deliveries_done", deliveries.c.done_at, where=IS_DONE_DELIVERY)

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
    # The commit whose deploy file was the first without it; what runs goes on.
    Column("unlisted", Text),
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
    # The newest commit of which it is known that nothing which concerns the service has changed since `live_sha`.
    Column("unchanged_at", Text),
    # What was routed when everything of the repository was stopped: it is started again with it.
    Column("stopped", Text),
    # Instances that somebody asked for, in place of this number in the deploy file.
    Column("scaled", Integer),
    Column("scaled_from", Integer),
    # Why it is being removed by hand, until nothing of it is left or somebody deploys there again.
    Column("removed", Prose),
    # Then its disks go, too; NULL is no.
    Column("disks_go", Boolean),
    Index("environments_name", "service_id", "name", unique=True),
    sqlite_autoincrement=True,
)


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
HAS_ENDED_PHASE = phases.c.ended_at.is_not(None)
partial_index("phases_ended", phases.c.ended_at, where=HAS_ENDED_PHASE)

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
    Column("reason", Prose, nullable=False, server_default=""),
    Column("started_at", Moment),
    Column("restarts", Integer, nullable=False, server_default="0"),
    Column("due_at", Moment),
)
IS_HEALTHY = instances.c.state == literal_column(f"'{InstanceState.HEALTHY}'")
partial_index("instances_healthy", instances.c.deployment_id, instances.c.index, where=IS_HEALTHY)
_RETIRED = sorted((InstanceState.STOPPED, InstanceState.REMOVED))
IS_NOT_RETIRED = instances.c.state.not_in([literal_column(f"'{state}'") for state in _RETIRED])
partial_index("instances_not_retired", instances.c.deployment_id, instances.c.index, where=IS_NOT_RETIRED)

retirements = Table(
    "retirements",
    metadata,
    _deployment_id(primary_key=True),
    Column("term_at", Moment, nullable=False),
    Column("grace", Integer, nullable=False),
    Column("termed_at", Moment),
    # Orders them: SIGTERM at `term_at`, then SIGKILL at `termed_at` + `grace` at the latest.
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

group_variables = Table(
    "group_variables",
    metadata,
    Column("repository_id", BigInteger, ForeignKey("repositories.id"), primary_key=True, autoincrement=False),
    Column("environment", Text, primary_key=True),
    Column("group", Text, primary_key=True),
    Column("name", Text, primary_key=True),
    Column("sealed", LargeBinary, nullable=False),
    Column("set_at", Moment, nullable=False),
)

registry_credentials = Table(
    "registry_credentials",
    metadata,
    Column("name", Text, primary_key=True),
    Column("registry", Text, nullable=False),
    Column("username", Text, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("set_at", Moment, nullable=False),
)

snapshots = Table(
    "snapshots",
    metadata,
    _deployment_id(primary_key=True),
    Column("sealed", LargeBinary, nullable=False),
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
    Index("reports_github_deployment", "github_deployment"),
)

hosts = Table(
    "hosts",
    metadata,
    Column("name", Text, primary_key=True),
    Column("admission", word(Admission), nullable=False),
    Column("actor", Text, nullable=False),
    Column("at", Moment, nullable=False),
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
