"""What `tidegate demo --check` proves beyond the first deploy; each claim that doesn't hold is a DisprovedError."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cli import leftovers, sample
from cli.visit import visit

if TYPE_CHECKING:
    from cli.demo import Demo
    from cli.hub import Shown

_CHECK = "tidegate / hello"


class DisprovedError(Exception):
    """What was claimed, and what was seen instead."""


def prove(demo: Demo) -> None:
    """What was pushed is live; a second version replaces it; a broken one doesn't, and says where it broke."""
    first = demo.checkout.head()
    _serves(demo, "Hello from Tidegate", first)

    second = demo.push({"www/index.html": sample.page("Good evening")}, "Say good evening")
    demo.follow_until_live(second)
    _serves(demo, "Good evening", second)

    broken = demo.push(sample.broken(), "Break the build")
    shown = demo.story.follow(broken, _told_to_have_failed, 120)
    check = shown.check(_CHECK)
    _claim(check is not None and check["conclusion"] == "failure", f"the check run of {broken[:7]} failed", check)
    assert check is not None
    noted = [(each["path"], each["start_line"]) for each in demo.hub.annotations(check["id"])]
    _claim(("Dockerfile", sample.BROKEN_LINE) in noted, f"Dockerfile:{sample.BROKEN_LINE} is annotated", noted)
    _serves(demo, "Good evening", second)


def _told_to_have_failed(shown: Shown) -> bool:
    """By both: one is written after the other."""
    check = shown.check(_CHECK)
    return "failure" in shown.states() and check is not None and check["status"] == "completed"


def prove_nothing_is_left(repository: str) -> None:
    left = leftovers.find(repository)
    _claim(not left, "no container, network or image is left", left)


def _serves(demo: Demo, greeting: str, sha: str) -> None:
    page = visit(demo.port, demo.host)
    _claim(page.status == 200 and greeting in page.text, f"{demo.live_url} says “{greeting}”", page)
    commit = visit(demo.port, demo.host, "/commit")
    _claim(commit.text.strip() == sha, f"it is {sha[:7]} that serves", commit)


def _claim(holds: bool, claim: str, seen: object) -> None:  # noqa: FBT001 - a claim holds or it doesn't
    if not holds:
        raise DisprovedError(f"not so: {claim}; seen: {seen}")
    print(f"  proved: {claim}", flush=True)
