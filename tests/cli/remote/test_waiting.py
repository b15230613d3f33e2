"""What a deployment that was waited for has come to, and how its steps are told meanwhile."""

from __future__ import annotations

import io
from typing import Any

import pytest

from cli.remote.progress import progress
from cli.remote.waiting import verdict
from tests.cli.remote.laptop import Terminal
from tests.tidegate.store.given import after


def one(status: str, *, lived: bool = False, steps: tuple[dict[str, Any], ...] = ()) -> dict[str, Any]:
    live_at = after(9).isoformat() if lived else None
    return {"service": "web", "sha": "a" * 40, "status": status, "reason": "why", "live_at": live_at, "steps": steps}


def step(name: str, ended: float | None = None, outcome: str | None = None) -> dict[str, Any]:
    end = after(ended).isoformat() if ended is not None else None
    return {"step": name, "started_at": after(0).isoformat(), "ended_at": end, "outcome": outcome, "detail": ""}


@pytest.mark.parametrize("status", ["waiting", "queued", "initializing", "building", "pre_deploy", "deploying"])
def test_it_is_not_known_while_it_may_still_come_live(status: str) -> None:
    assert verdict(one(status)) is None


@pytest.mark.parametrize(
    ("status", "lived", "well", "said"),
    [
        ("live", True, True, "web: aaaaaaa is live"),
        ("completed", True, True, "was live, and is completed: why"),
        ("draining", True, True, "was live, and is draining: why"),
        ("removed", True, True, "was live, and is removed: why"),
        ("crashed", True, False, "has crashed: why"),
        ("failed", False, False, "failed: why"),
        ("canceled", False, False, "was canceled: why"),
        ("superseded", False, False, "was superseded: why"),
        ("skipped", False, False, "was skipped: why"),
    ],
)
def test_what_has_become_of_it(status: str, lived: bool, well: bool, said: str) -> None:
    told = verdict(one(status, lived=lived))
    assert told is not None
    assert (told.well, told.text.endswith(said)) == (well, True), told.text


LOOKS = [
    one("queued"),
    one("queued"),
    one("building", steps=(step("build"),)),
    one("failed", steps=(step("build", 12, "failed"),)),
]


def test_each_news_is_a_line_where_nobody_looks_on() -> None:
    out = io.StringIO()
    telling = progress(out)
    for each in LOOKS:
        telling.tell(each)
    telling.end()
    assert out.getvalue().splitlines() == ["queued: why", "build: goes on", "build: failed (12.0 s)"]


def test_on_a_terminal_one_line_changes() -> None:
    out = Terminal()
    telling = progress(out)
    for each in LOOKS:
        telling.tell(each)
    telling.end()
    shown = out.getvalue().replace("\x1b[K", "").split("\r")
    assert shown == ["", *["aaaaaaa queued: why"] * 2, "aaaaaaa … build", "aaaaaaa ✗ build\n"]
