"""Freezes: who stopped automatic deploys of what, and why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Freeze:
    """Of a whole repository; of one service in it, of one environment ("production", "pr-7"), or of both: None is all
    of them. At most one for each (repository, service, environment)."""

    repository_id: int
    service: str | None
    environment: str | None
    reason: str
    author: str
    since: datetime
