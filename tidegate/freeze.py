"""Freezes: who stopped automatic deploys of what, and why."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime


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


def frozen(freezes: Iterable[Freeze], service: str, environment: str) -> Freeze | None:
    """The one that stops this service here, of those of its repository; the narrowest, where there are several: it says
    most about this place."""
    fitting = [each for each in freezes if each.service in {None, service} and each.environment in {None, environment}]
    return max(fitting, key=_narrowness, default=None)


def told(freeze: Freeze) -> str:
    """As a clause."""
    since = freeze.since.astimezone(UTC)
    return f"frozen by {freeze.author} since {since:%Y-%m-%d %H:%M} UTC: {' '.join(freeze.reason.split())}"


def scope(service: str | None, environment: str | None) -> str:
    """What a freeze is of, as the subject of a sentence."""
    if service is None:
        return environment or "the repository"
    return f"`{service}`" + (f" in {environment}" if environment else "")


def _narrowness(freeze: Freeze) -> tuple[bool, bool]:
    return freeze.service is not None, freeze.environment is not None
