"""Previews, freezes, deploy hooks, replies to comments, answers to requests; approval and cache of a deployment."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_MOMENT = sa.DateTime(timezone=True)
_JSON = sa.JSON()
_WORD = sa.String(32)
_UNFINISHED = (
    "status IN ('building', 'crashed', 'deploying', 'draining', 'initializing', 'live', "
    "'pre_deploy', 'queued', 'waiting')"
)


def upgrade() -> None:
    for name in ("needs_approval", "clear_cache"):
        op.add_column("deployments", sa.Column(name, sa.Boolean(), nullable=False, server_default=sa.false()))
    for name in ("unchanged_at", "stopped"):
        op.add_column("environments", sa.Column(name, sa.Text()))
    _deployment_indexes()
    op.create_index("reports_github_deployment", "reports", ["github_deployment"])
    _previews()
    _replies()
    _smaller()


def downgrade() -> None:
    op.drop_index("reports_github_deployment", "reports")
    for table in ("answers", "deploy_hooks", "freezes", "replies", "previews"):
        op.drop_table(table)
    for index in ("deployments_images", "deployments_unfinished", "deployments_environment"):
        op.drop_index(index, "deployments")
    for table, names in (
        ("environments", ("unchanged_at", "stopped")),
        ("deployments", ("needs_approval", "clear_cache")),
    ):
        for name in names:
            op.drop_column(table, name)


def _deployment_indexes() -> None:
    op.create_index("deployments_environment", "deployments", ["environment", "repository_id", "seq"])
    _partial_index("deployments_unfinished", "deployments", ["repository_id", "environment", "seq"], _UNFINISHED)
    _partial_index("deployments_images", "deployments", ["image"], "image IS NOT NULL")


def _repository() -> sa.Column[int]:
    return sa.Column(
        "repository_id", sa.BigInteger(), sa.ForeignKey("repositories.id"), primary_key=True, autoincrement=False
    )


def _partial_index(name: str, table: str, columns: list[str], condition: str) -> None:
    where = sa.text(condition)
    op.create_index(name, table, columns, sqlite_where=where, postgresql_where=where)


def _previews() -> None:
    op.create_table(
        "previews",
        _repository(),
        sa.Column("number", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("head_sha", sa.Text(), nullable=False),
        sa.Column("head_branch", sa.Text(), nullable=False),
        sa.Column("fork", sa.Boolean(), nullable=False),
        sa.Column("open", sa.Boolean(), nullable=False),
        sa.Column("pushed_at", _MOMENT, nullable=False),
        sa.Column("absent", sa.Text()),
        sa.Column("asked_by", sa.Text()),
        sa.Column("removed_sha", sa.Text()),
        sa.Column("approved_sha", sa.Text()),
        sa.Column("approved_by", sa.Text()),
        sa.Column("comment", sa.BigInteger()),
        sa.Column("comment_attempted", sa.Boolean(), nullable=False),
        sa.Column("comment_shown", sa.Text(), nullable=False),
        sa.Column("comment_due", sa.Boolean(), nullable=False),
        sa.Column("touched", sa.Integer(), nullable=False),
    )
    _partial_index("previews_present", "previews", ["repository_id", "number"], "absent IS NULL")
    _partial_index("previews_comments", "previews", ["repository_id", "number"], "comment_due = true")


def _replies() -> None:
    op.create_table(
        "replies",
        _repository(),
        sa.Column("comment_id", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("reaction", _WORD, nullable=False),
        sa.Column("reacted", sa.Boolean(), nullable=False),
        sa.Column("lines", _JSON, nullable=False),
        sa.Column("deployments", _JSON, nullable=False),
        sa.Column("answer", sa.BigInteger()),
        sa.Column("answer_attempted", sa.Boolean(), nullable=False),
        sa.Column("answer_shown", sa.Text(), nullable=False),
        sa.Column("due", sa.Boolean(), nullable=False),
    )
    _partial_index("replies_due", "replies", ["comment_id"], "due = true")


def _smaller() -> None:
    op.create_table(
        "freezes",
        _repository(),
        sa.Column("service", sa.Text(), primary_key=True),
        sa.Column("environment", sa.Text(), primary_key=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("since", _MOMENT, nullable=False),
    )
    op.create_table(
        "deploy_hooks",
        sa.Column("service_id", _NUMBER, sa.ForeignKey("services.id"), primary_key=True, autoincrement=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", _MOMENT, nullable=False),
        sa.Column("made_by", sa.Text(), nullable=False),
    )
    op.create_table(
        "answers",
        sa.Column("request_id", sa.Text(), primary_key=True),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("body", _JSON, nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.Index("answers_at", "at"),
    )
