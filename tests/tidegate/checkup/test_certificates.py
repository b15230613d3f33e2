"""What the doctor says about certificates from an authority."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tidegate.certificate import AUTHORITY, Failure, Held, Known
from tidegate.checkup.certificates import authority_lines
from tidegate.checkup.line import Line

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)
NAME, DIRECTORY = "shop.example.com", "https://ca.example/dir"
ELSEWHERE = Failure(3, NOW, "192.0.2.7: Invalid response: 404")


def held(days: float) -> dict[str, Held]:
    """For so many days more, of ninety."""
    return {NAME: Held(NOW - (90 - days) * DAY, NOW + days * DAY)}


def line(known: Known | None) -> Line:
    (told,) = authority_lines(DIRECTORY, [NAME], known, NOW)
    return told


@pytest.mark.parametrize(
    ("known", "ok", "said", "todo"),
    [
        (Known(held=held(60)), True, f"{NAME} has one for 60 days", ""),
        (Known(files=frozenset({"*.example.com"})), True, f"{NAME} has one from a file", ""),
        (
            Known(held=held(29), failures={NAME: ELSEWHERE}),
            True,
            f"{NAME} has one for 29 days",
            "renewed: 192",
        ),
        (Known(held=held(14), failures={NAME: ELSEWHERE}), False, f"{NAME} has one for 14 days", "tried 3 times"),
        (Known(held=held(-1), failures={NAME: ELSEWHERE}), False, f"that of {NAME} has ended: 192.0.2.7", "12:20 UTC"),
        (Known(failures={NAME: ELSEWHERE}), False, f"{NAME} has none: 192.0.2.7", f"lead {NAME} to this server"),
        (Known(), False, f"{NAME} has none", "within a minute"),
        (None, False, f"{NAME} has none", "within a minute"),
    ],
)
def test_each_name_s_state_is_told(known: Known | None, ok: bool, said: str, todo: str) -> None:
    told = line(known)
    assert (told.ok, told.subject) == (ok, "certificate")
    assert told.said.startswith(said)
    assert todo in told.todo
    assert bool(todo) == bool(told.todo)


def test_an_authority_that_is_away_is_told_before_the_names() -> None:
    known = Known(held=held(60), failures={AUTHORITY: Failure(1, NOW, "Connection refused")})
    first, second = authority_lines(DIRECTORY, [NAME], known, NOW)
    assert first.said == f"{DIRECTORY} can't be asked for any: Connection refused"
    assert "12:05 UTC" in first.todo
    assert second.ok
