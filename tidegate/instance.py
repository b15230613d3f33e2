"""An instance: one container of a deployment, and its place in the router."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class InstanceState(StrEnum):
    STARTING = "starting"
    HEALTHY = "healthy"
    STOPPED = "stopped"
    REMOVED = "removed"


@dataclass(frozen=True)
class Instance:
    """`index` counts from 0 within the deployment. `address` and `port` are reachable from the router's machine."""

    deployment_id: str
    index: int
    host: str
    container_id: str
    address: str
    port: int
    state: InstanceState


@dataclass(frozen=True)
class Retirement:
    """A deployment's instances that must go: SIGTERM at `term_at`, SIGKILL `grace` seconds later, then removed.

    A row, carried out by whoever watches; it holds no worker and survives every restart.
    """

    deployment_id: str
    term_at: datetime
    grace: int
    termed_at: datetime | None = None


@dataclass(frozen=True)
class PhaseRecord:
    """When a step began and ended, and how: "ok", "failed", "skipped" or "canceled"; None while it runs."""

    step: str
    started_at: datetime
    ended_at: datetime | None
    outcome: str | None
    detail: str = ""
