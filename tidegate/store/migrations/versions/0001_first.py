"""The first tables.

Written out rather than taken from tables.py: a revision must go on making what it made when it was first run.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_MOMENT = sa.DateTime(timezone=True)
_JSON = sa.JSON()
_WORD = sa.String(32)

_ACTIVE = "status IN ('building', 'deploying', 'initializing', 'pre_deploy')"


def upgrade() -> None:
    _deliveries()
    _places()
    _deployments()
    _deployment_indexes()
    _environments()
    _parts_of_deployments()
    _timeline()
    _secrets_and_leases()


def downgrade() -> None:
    for table in (
        "tokens",
        "leases",
        "variables",
        "timeline",
        "reports",
        "log_chunks",
        "retirements",
        "instances",
        "phases",
        "environments",
        "deployments",
        "services",
        "repositories",
        "deliveries",
    ):
        op.drop_table(table)


def _index(name: str, table: str, *columns: str, unique: bool = False, where: str | None = None) -> None:
    condition = None if where is None else sa.text(where)
    op.create_index(name, table, columns, unique=unique, sqlite_where=condition, postgresql_where=condition)


def _deployment_id() -> sa.Column[str]:
    return sa.Column("deployment_id", sa.Text(), sa.ForeignKey("deployments.id"), primary_key=True)


def _deliveries() -> None:
    op.create_table(
        "deliveries",
        sa.Column("seq", _NUMBER, primary_key=True),
        sa.Column("guid", sa.Text(), nullable=False, unique=True),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("received_at", _MOMENT, nullable=False),
        sa.Column("state", _WORD, nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("ready_at", _MOMENT, nullable=False),
        sa.Column("claimed_by", sa.Text()),
        sa.Column("error", sa.Text()),
        sa.Column("done_at", _MOMENT),
        sqlite_autoincrement=True,
    )
    _index("deliveries_pending", "deliveries", "seq", "ready_at", where="state = 'pending'")
    _index("deliveries_done", "deliveries", "done_at", where="done_at IS NOT NULL")


def _places() -> None:
    op.create_table(
        "repositories",
        sa.Column("id", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("installation_id", sa.BigInteger(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("default_branch", sa.Text(), nullable=False),
        sa.Column("private", sa.Boolean(), nullable=False),
        sa.Column("gone", sa.Text()),
        sa.Column("seen_at", _MOMENT, nullable=False),
    )
    _index("repositories_installation", "repositories", "installation_id")
    _index("repositories_name", "repositories", "owner", "name")
    op.create_table(
        "services",
        sa.Column("id", _NUMBER, primary_key=True),
        sa.Column("repository_id", sa.BigInteger(), sa.ForeignKey("repositories.id"), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("definition", _JSON, nullable=False),
        sa.Column("auto_deploy_off", sa.Text()),
        sqlite_autoincrement=True,
    )
    _index("services_name", "services", "repository_id", "name", unique=True)


def _deployments() -> None:
    op.create_table(
        "deployments",
        sa.Column("seq", _NUMBER, primary_key=True),
        sa.Column("id", sa.Text(), nullable=False, unique=True),
        sa.Column("repository_id", sa.BigInteger(), sa.ForeignKey("repositories.id"), nullable=False),
        sa.Column("service_id", _NUMBER, sa.ForeignKey("services.id"), nullable=False),
        *(
            sa.Column(name, sa.Text(), nullable=False)
            for name in ("service", "environment", "sha", "branch", "message", "author")
        ),
        sa.Column("trigger", _WORD, nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("status", _WORD, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("fault", _WORD),
        *(sa.Column(name, sa.Text()) for name in ("tree", "build_key", "image", "image_id")),
        sa.Column("definition", _JSON),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.Column("moved_at", _MOMENT, nullable=False),
        *(sa.Column(name, _MOMENT) for name in ("look_at", "open_since", "started_at", "live_at", "ended_at")),
        sa.Column("cancel_asked_by", sa.Text()),
        sa.Column("findings", _JSON, nullable=False),
        sa.Column("gated", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("reported_version", sa.Integer(), nullable=False),
        sa.Column("owner", sa.Text()),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("lease_until", _MOMENT),
        sqlite_autoincrement=True,
    )


def _deployment_indexes() -> None:
    lane = ("service_id", "environment", "seq")
    _index("deployments_one_active", "deployments", "service_id", "environment", unique=True, where=_ACTIVE)
    _index("deployments_lane", "deployments", *lane)
    _index("deployments_pending", "deployments", *lane, where="status IN ('queued', 'waiting')")
    _index("deployments_serving", "deployments", *lane, where="status IN ('crashed', 'live')")
    _index("deployments_running", "deployments", *lane, where="status IN ('crashed', 'draining', 'live')")
    _index("deployments_were_live", "deployments", *lane, where="live_at IS NOT NULL")
    _index("deployments_service", "deployments", "service_id", "seq")
    _index("deployments_sha", "deployments", "sha", *lane)
    _index("deployments_due", "deployments", "look_at", where="status = 'waiting'")
    _index("deployments_queued", "deployments", "moved_at", where="status = 'queued'")
    _index("deployments_leases", "deployments", "lease_until", where=_ACTIVE)
    _index("deployments_unreported", "deployments", "seq", where="reported_version < version")


def _environments() -> None:
    op.create_table(
        "environments",
        sa.Column("id", _NUMBER, primary_key=True),
        sa.Column("service_id", _NUMBER, sa.ForeignKey("services.id"), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("routed", sa.Text(), sa.ForeignKey("deployments.id")),
        sa.Column("routed_before", sa.Text()),
        sa.Column("routed_at", _MOMENT),
        sa.Column("live_sha", sa.Text()),
        sqlite_autoincrement=True,
    )
    _index("environments_name", "environments", "service_id", "name", unique=True)


def _parts_of_deployments() -> None:
    op.create_table(
        "phases",
        _deployment_id(),
        sa.Column("step", _WORD, primary_key=True),
        sa.Column("started_at", _MOMENT, nullable=False),
        sa.Column("ended_at", _MOMENT),
        sa.Column("outcome", _WORD),
        sa.Column("detail", sa.Text(), nullable=False),
    )
    op.create_table(
        "instances",
        _deployment_id(),
        sa.Column("index", sa.Integer(), primary_key=True, autoincrement=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("host", "container_id", "address")),
        sa.Column("port", sa.Integer(), nullable=False),
        sa.Column("state", _WORD, nullable=False),
    )
    _index("instances_healthy", "instances", "deployment_id", "index", where="state = 'healthy'")
    op.create_table(
        "retirements",
        _deployment_id(),
        sa.Column("term_at", _MOMENT, nullable=False),
        sa.Column("grace", sa.Integer(), nullable=False),
        sa.Column("termed_at", _MOMENT),
        sa.Column("due_at", _MOMENT, nullable=False),
    )
    _index("retirements_due", "retirements", "due_at")
    op.create_table(
        "log_chunks",
        _deployment_id(),
        sa.Column("first", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.Column("step", _WORD, nullable=False),
        sa.Column("lines", sa.LargeBinary(), nullable=False),
    )
    op.create_table(
        "reports",
        _deployment_id(),
        sa.Column("github_deployment", sa.BigInteger()),
        sa.Column("check_run", sa.BigInteger()),
        sa.Column("deployment_attempted", sa.Boolean(), nullable=False),
        sa.Column("check_attempted", sa.Boolean(), nullable=False),
        *(sa.Column(f"shown_{what}", sa.Text(), nullable=False) for what in ("deployment", "check", "status")),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("not_before", _MOMENT),
        sa.Column("last_at", _MOMENT),
    )
    _index("reports_check_run", "reports", "check_run")


def _timeline() -> None:
    op.create_table(
        "timeline",
        sa.Column("seq", _NUMBER, primary_key=True),
        sa.Column("at", _MOMENT, nullable=False),
        sa.Column("kind", _WORD, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("repository_id", sa.BigInteger(), sa.ForeignKey("repositories.id"), nullable=False),
        sa.Column("service", sa.Text()),
        sa.Column("environment", sa.Text()),
        sa.Column("deployment_id", sa.Text(), sa.ForeignKey("deployments.id")),
        sa.Column("sha", sa.Text()),
        sqlite_autoincrement=True,
    )
    _index("timeline_repository", "timeline", "repository_id", "seq")
    _index("timeline_service", "timeline", "repository_id", "service", "seq")
    _index("timeline_deployment", "timeline", "deployment_id", "seq")


def _secrets_and_leases() -> None:
    op.create_table(
        "variables",
        sa.Column("service_id", _NUMBER, sa.ForeignKey("services.id"), primary_key=True, autoincrement=False),
        sa.Column("environment", sa.Text(), primary_key=True),
        sa.Column("name", sa.Text(), primary_key=True),
        sa.Column("kind", _WORD, nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("set_at", _MOMENT, nullable=False),
    )
    op.create_table(
        "leases",
        sa.Column("name", sa.Text(), primary_key=True),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("until", _MOMENT, nullable=False),
    )
    op.create_table(
        "tokens",
        sa.Column("key", sa.Text(), primary_key=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("expires_at", _MOMENT, nullable=False),
    )
