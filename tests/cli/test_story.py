"""The terminal tells each change once, in the order of a deploy."""

from __future__ import annotations

from typing import Any, cast

import pytest

from cli.hub import Hub, Shown
from cli.story import NeverCameError, Story, lines


def run(name: str, status: str, conclusion: str | None = None, title: str | None = None) -> dict[str, Any]:
    return {"name": name, "status": status, "conclusion": conclusion, "output": {"title": title}}


def deployed(*states: tuple[str, str]) -> Shown:
    """GitHub lists statuses newest first."""
    statuses = tuple({"state": state, "description": text} for state, text in reversed(states))
    return Shown((), ({"id": 1, "environment": "hello"},), {1: statuses})


class Replay:
    """A hub that shows one thing after the other, the last for good."""

    def __init__(self, *shows: Shown) -> None:
        self.shows = list(shows)

    def shown(self, sha: str) -> Shown:
        return self.shows.pop(0) if len(self.shows) > 1 else self.shows[0]


def story(*shows: Shown) -> tuple[Story, list[str]]:
    said: list[str] = []
    return Story(cast("Hub", Replay(*shows)), said.append, pause=0), said


def test_ci_comes_before_us_and_titles_are_told() -> None:
    ours = run("tidegate / hello", "queued", title="Waiting for checks")
    shown = Shown((ours, run("test", "completed", "success")), (), {})
    assert list(lines(shown)) == [
        ("check “test”", "success"),
        ("check “tidegate / hello”", "queued - Waiting for checks"),
    ]


def test_a_deployments_states_are_told_oldest_first() -> None:
    shown = deployed(("queued", ""), ("in_progress", "Building"), ("success", "Live"))
    assert [state for _, state in lines(shown)] == ["queued", "in_progress - Building", "success - Live"]
    assert shown.states() == ["queued", "in_progress", "success"]


def test_each_change_is_told_once() -> None:
    teller, said = story(
        deployed(("queued", "")), deployed(("queued", "")), deployed(("queued", ""), ("success", "Live"))
    )
    teller.follow("abc", lambda shown: "success" in shown.states(), patience=10)
    assert [line.partition("  deployment ")[2] for line in said] == ["“hello”: queued", "“hello”: success - Live"]


def test_waiting_has_an_end() -> None:
    teller, _ = story(deployed(("queued", "")))
    with pytest.raises(NeverCameError, match="abcdef1 did not get there"):
        teller.follow("abcdef1234", lambda shown: False, patience=0)
