"""Freezes: which one stops a deploy, and how it is told."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from tidegate.freeze import Freeze, frozen, scope, told

SINCE = datetime(2026, 11, 21, 10, tzinfo=UTC)


def freeze(service: str | None = None, environment: str | None = None, reason: str = "exams") -> Freeze:
    return Freeze(42, service, environment, reason, "mona", SINCE)


ALL, WEB, PRODUCTION, BOTH = freeze(), freeze("web"), freeze(None, "production"), freeze("web", "production")


@pytest.mark.parametrize(
    ("freezes", "service", "environment", "found"),
    [
        ([], "web", "production", None),
        ([ALL], "web", "production", ALL),
        ([ALL], "api", "pr-7", ALL),
        ([WEB], "web", "pr-7", WEB),
        ([WEB], "api", "production", None),
        ([PRODUCTION], "api", "production", PRODUCTION),
        ([PRODUCTION], "web", "pr-7", None),
        ([BOTH], "web", "production", BOTH),
        ([BOTH], "web", "pr-7", None),
        ([BOTH], "api", "production", None),
        ([ALL, PRODUCTION], "web", "production", PRODUCTION),
        ([PRODUCTION, WEB, ALL], "web", "production", WEB),
        ([ALL, WEB, BOTH, PRODUCTION], "web", "production", BOTH),
        ([ALL, WEB, BOTH, PRODUCTION], "api", "pr-7", ALL),
    ],
)
def test_the_narrowest_that_fits(freezes: list[Freeze], service: str, environment: str, found: Freeze | None) -> None:
    assert frozen(freezes, service, environment) == found
    assert frozen(reversed(freezes), service, environment) == found


def test_it_says_who_since_when_and_why() -> None:
    assert told(freeze(reason="the database moves")) == "frozen by mona since 2026-11-21 10:00 UTC: the database moves"


def test_it_tells_one_time_to_all() -> None:
    elsewhere = SINCE.astimezone(timezone(timedelta(hours=-5)))
    assert "2026-11-21 10:00 UTC" in told(Freeze(42, None, None, "two\nlines", "mona", elsewhere))
    assert told(Freeze(42, None, None, "two\nlines", "mona", elsewhere)).endswith(": two lines")


@pytest.mark.parametrize(
    ("of", "text"),
    [
        (ALL, "the repository"),
        (WEB, "`web`"),
        (PRODUCTION, "production"),
        (BOTH, "`web` in production"),
    ],
)
def test_what_it_is_of(of: Freeze, text: str) -> None:
    assert scope(of.service, of.environment) == text
