"""What the doctor says about the App: what it lacks is named, with the place where it is given."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from tidegate.checkup.app import AppFacts, Attempt, Installed, app_lines, webhook_line
from tidegate.checkup.line import Line

NEEDED = {"checks": "write", "contents": "read"}
EVENTS = frozenset({"push", "status"})
AT = datetime(2026, 3, 4, 5, 6, tzinfo=UTC)
HOOK = "https://deploy.example.com/webhooks/github"
SETTINGS = "https://github.com/settings/apps/tidegate"
ACME = Installed("acme", "https://github.com/organizations/acme/settings/installations/7", NEEDED)
WELL = AppFacts(
    name="Tidegate",
    page="https://github.com/apps/tidegate",
    settings_page=SETTINGS,
    permissions={**NEEDED, "metadata": "read"},
    events=EVENTS,
    hook_url=HOOK,
    attempts=[Attempt("push", AT, 202, "OK")],
    installed=[ACME],
)


def amiss(facts: AppFacts) -> list[Line]:
    return [line for line in app_lines(facts, NEEDED, EVENTS) if not line.ok]


def test_one_that_has_all() -> None:
    assert [(line.subject, line.said) for line in app_lines(WELL, NEEDED, EVENTS)] == [
        ("permissions", "Tidegate has all 2"),
        ("events", "Tidegate is told of all 2"),
        ("installations", "on acme"),
    ]
    assert amiss(WELL) == []


@pytest.mark.parametrize(
    ("given", "lacks"),
    [
        ({}, "checks: write, contents: read"),
        ({"checks": "read", "contents": "write"}, "checks: write"),
        ({"checks": "admin", "contents": "none"}, "contents: read"),
        ({"checks": "strange", "contents": "read"}, "checks: write"),
    ],
)
def test_permissions_that_it_lacks(given: dict[str, str], lacks: str) -> None:
    [line] = amiss(replace(WELL, permissions=given))
    assert (line.subject, line.said) == ("permissions", f"Tidegate lacks {lacks}")
    assert f"{SETTINGS}/permissions" in line.todo


def test_more_than_it_needs_is_no_fault() -> None:
    more = dict.fromkeys((*NEEDED, "actions"), "admin")
    assert amiss(replace(WELL, permissions=more, events=EVENTS | {"fork"})) == []


def test_events_that_it_is_not_told_of() -> None:
    [line] = amiss(replace(WELL, events=frozenset({"push"})))
    assert line.said == "Tidegate isn't told of status"
    assert f"{SETTINGS}/permissions" in line.todo


def test_installed_nowhere() -> None:
    [line] = amiss(replace(WELL, installed=[]))
    assert line.todo == "install it: https://github.com/apps/tidegate/installations/new"


def test_an_owner_who_has_not_accepted_what_is_new() -> None:
    other = replace(ACME, account="octo", page="https://there", permissions={"contents": "read"})
    [line] = amiss(replace(WELL, installed=[ACME, other]))
    assert line.said == "octo has not accepted checks: write"
    assert "https://there" in line.todo


def test_what_the_app_itself_lacks_is_told_once() -> None:
    bare = replace(ACME, permissions={})
    assert [line.subject for line in amiss(replace(WELL, permissions={}, installed=[bare]))] == ["permissions"]


def test_a_suspended_one() -> None:
    [line] = amiss(replace(WELL, installed=[replace(ACME, suspended=True)]))
    assert line.said == "that of acme is suspended"


def webhook(*codes: int, hook: str = HOOK, polled: bool = False) -> Line:
    sent = [Attempt("push", AT, code, "failed to connect to host") for code in codes]
    return webhook_line(replace(WELL, hook_url=hook, attempts=sent), HOOK, polled=polled)


def test_webhooks_that_arrive() -> None:
    assert webhook(202, 0, 401) == Line(
        "webhooks", ok=True, said="the newest (push at 2026-03-04 05:06 UTC) was answered 202"
    )
    assert webhook().ok


@pytest.mark.parametrize(
    ("code", "said", "todo"),
    [
        (0, "not delivered (failed to connect to host)", "TIDEGATE_WEBHOOKS=poll"),
        (401, "answered 401", "GITHUB_WEBHOOK_SECRET"),
        (503, "answered 503", "the store was down"),
        (404, "answered 404", "something else answers"),
        (502, "answered 502", "something else answers"),
    ],
)
def test_webhooks_that_do_not(code: int, said: str, todo: str) -> None:
    line = webhook(code, 202)
    assert not line.ok
    assert said in line.said
    assert todo in line.todo


def test_webhooks_that_go_elsewhere() -> None:
    line = webhook(202, hook="https://old.example.com/webhooks/github")
    assert not line.ok
    assert line.todo == f"set the webhook URL to {HOOK} at {SETTINGS}"
    assert "nowhere" in webhook(202, hook="").said


def test_webhooks_that_are_fetched_need_not_arrive() -> None:
    assert webhook(0, 0, hook="https://tidegate.invalid/x", polled=True).ok


@pytest.mark.parametrize(
    ("sent", "expected", "one_place"),
    [
        ("http://localhost:8000/webhooks/github", "http://127.0.0.1:8000/webhooks/github", True),
        ("http://[::1]:8000/webhooks/github", "http://localhost:8000/webhooks/github", True),
        ("http://[::1]:8000/webhooks/github", "http://127.0.0.1:8000/webhooks/github", False),
        ("http://localhost:8001/webhooks/github", "http://127.0.0.1:8000/webhooks/github", False),
        ("https://localhost:8000/webhooks/github", "http://127.0.0.1:8000/webhooks/github", False),
        ("http://localhost:8000/webhooks", "http://127.0.0.1:8000/webhooks/github", False),
        ("http://tidegate.test/webhooks/github", "http://127.0.0.1/webhooks/github", False),
        ("", "http://127.0.0.1:8000/webhooks/github", False),
    ],
)
def test_webhooks_to_this_machine_by_either_of_its_names(sent: str, expected: str, one_place: bool) -> None:
    assert webhook_line(replace(WELL, hook_url=sent, attempts=[]), expected, polled=False).ok is one_place
