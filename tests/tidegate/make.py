"""Values for the tests of decisions: a deployment, a check, a service; a test names only what matters to it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from tidegate.blueprint import Service
from tidegate.deployment import Deployment, Status, Trigger
from tidegate.facts import Check

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
OURS = 7
ACTIONS = 15368


def at(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


def deployment(**changes: Any) -> Deployment:
    made = Deployment(
        id="d1",
        repository_id=42,
        service_id=3,
        service="web",
        environment="production",
        sha="abc1234" + "0" * 33,
        branch="main",
        message="Say hello",
        author="octocat",
        trigger=Trigger.PUSH,
        actor="octocat",
        status=Status.QUEUED,
        reason="queued",
        created_at=NOON,
    )
    return replace(made, **changes)


def check(name: str = "test", conclusion: str | None = "success", **changes: Any) -> Check:
    """Completed at noon with `conclusion`; with None it is still running."""
    made = Check(
        id=1,
        app_id=ACTIONS,
        name=name,
        status="in_progress" if conclusion is None else "completed",
        conclusion=conclusion,
        started_at=at(-60),
        completed_at=None if conclusion is None else NOON,
    )
    return replace(made, **changes)


def service(**fields: Any) -> Service:
    """By the fields of the deploy file."""
    return Service.load({"name": "web", **fields})
