"""Which names are to have a certificate, which are asked for now, and how long nobody asks again."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tidegate.certificate import AUTHORITY, Failure, Held, Known, can_have, covers, due, names
from tidegate.repository import DEPLOY_FILE, PRODUCTION
from tidegate.routing import Route

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
FRESH = Held(NOW - DAY, NOW + 89 * DAY)
FAILED = Failure(1, NOW, "why")


def route(service: str, environment: str = PRODUCTION, **definition: Any) -> Route:
    return Route(service, environment, "o/r", definition, routed=None, serving=())


def test_the_dashboard_comes_first_then_production_then_previews() -> None:
    routes = [
        route("web", "pr-7", domains=["shop.example.com"]),
        route("web", domains=["Shop.example.com", "nowhere"]),
        route("db", type="private"),
        route(DEPLOY_FILE),
    ]
    assert names(routes, "apps.example.com", "deploy.example.com") == (
        "deploy.example.com",
        "web.apps.example.com",
        "shop.example.com",
        "web-pr-7.apps.example.com",
    )


@pytest.mark.parametrize(
    ("name", "can"),
    [
        ("deploy.example.com", True),
        ("xn--bcher-kva.example", True),
        ("localhost", False),
        ("web.apps.localhost", False),
        ("192.0.2.7", False),
        ("my_app.example.com", False),
        ("-a.example.com", False),
        ("*.example.com", False),
        (f"{'a' * 64}.example.com", False),
        ("", False),
    ],
)
def test_what_a_certificate_can_be_for(name: str, can: bool) -> None:
    assert can_have(name) is can


@pytest.mark.parametrize(
    ("pattern", "name", "does"),
    [
        ("a.example.com", "a.example.com", True),
        ("*.example.com", "a.example.com", True),
        ("*.example.com", "example.com", False),
        ("*.example.com", "a.b.example.com", False),
        ("a.example.com", "b.example.com", False),
    ],
)
def test_a_wildcard_stands_for_one_label(pattern: str, name: str, does: bool) -> None:
    assert covers(pattern, name) is does


@pytest.mark.parametrize(
    ("known", "wanted"),
    [
        (Known(), ["a.x.com", "b.x.com"]),
        (Known(held={"a.x.com": FRESH}), ["b.x.com"]),
        (Known(held={"a.x.com": Held(NOW - 59 * DAY, NOW + 31 * DAY)}), ["b.x.com"]),
        (Known(held={"a.x.com": Held(NOW - 61 * DAY, NOW + 29 * DAY)}), ["a.x.com", "b.x.com"]),
        (Known(held={"a.x.com": Held(NOW - 4 * DAY, NOW + 2 * DAY)}), ["a.x.com", "b.x.com"]),
        (Known(files=frozenset({"*.x.com"})), []),
        (Known(failures={"a.x.com": FAILED}), ["b.x.com"]),
        (Known(failures={AUTHORITY: FAILED}), []),
        (Known(orders=(NOW - MINUTE,) * 59), ["a.x.com"]),
        (Known(orders=(NOW - MINUTE,) * 60), []),
        (Known(orders=(NOW - 60 * MINUTE,) * 60), ["a.x.com", "b.x.com"]),
    ],
)
def test_what_is_asked_for_now(known: Known, wanted: list[str]) -> None:
    assert due(["a.x.com", "b.x.com"], known, NOW) == wanted


def test_whoever_was_asked_for_longest_ago_is_first() -> None:
    known = Known(failures={"a.x": Failure(1, NOW - 9 * DAY, ""), "b.x": Failure(1, NOW - 10 * DAY, "")})
    assert due(["a.x", "b.x", "c.x"], known, NOW) == ["c.x", "b.x", "a.x"]


@pytest.mark.parametrize(
    ("count", "limited", "minutes"),
    [(1, False, 5), (2, False, 10), (4, False, 40), (7, False, 320), (8, False, 360), (999, False, 360), (1, True, 60)],
)
def test_the_more_often_it_failed_the_longer_nobody_asks(count: int, limited: bool, minutes: int) -> None:
    assert Failure(count, NOW, "", limited).until == NOW + minutes * MINUTE


@settings(deadline=None)
@given(st.lists(st.integers(0, 7200), max_size=40), st.integers(0, 20), st.booleans())
def test_nothing_makes_it_ask_too_often(pauses: list[int], hopeless: int, killed: bool) -> None:
    """Whatever fails, and whoever is killed over it: 60 orders an hour, and less than five of one name."""
    wanted = [f"n{number}.example.com" for number in range(20)]
    known, now, orders = Known(), NOW, []
    for pause in pauses:
        now += timedelta(seconds=pause)
        for name in due(wanted, known, now):
            known = known.asking(name, now, "cut short")
            orders.append((now, name))
            if wanted.index(name) >= hopeless:
                known = known.gained(name, Held(now, now + 90 * DAY))
            elif not killed:
                known = known.because(name, "no such name", limited=False)
    for first, _ in orders:
        hour = [name for at, name in orders if first <= at < first + 60 * MINUTE]
        assert len(hour) <= 60
        assert max(Counter(hour).values()) < 5


def test_a_certificate_that_is_given_ends_what_was_amiss() -> None:
    known = Known(failures={"a.x": FAILED, AUTHORITY: FAILED, "b.x": FAILED}).gained("a.x", FRESH)
    assert set(known.failures) == {"b.x"}
    assert known.held == {"a.x": FRESH}
