"""How single values look on a page: times, statuses, commits. Filters of the templates."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from flask import Flask
from markupsafe import Markup, escape

from tidegate import wording
from tidegate.deployment import ACTIVE, Deployment, Status
from tidegate.freeze import Freeze, scope
from tidegate.hostname import SHORT_SHA
from tidegate.markdown import duration, plain, sentence

#: Status → (look, icon). The word stands beside it always: a colour alone tells nothing to some.
_LOOKS = {
    Status.LIVE: ("good", "check"),
    Status.COMPLETED: ("good", "check"),
    Status.FAILED: ("bad", "cross"),
    Status.CRASHED: ("bad", "cross"),
    **dict.fromkeys(ACTIVE, ("busy", "turning")),
    Status.WAITING: ("waits", "clock"),
    Status.QUEUED: ("waits", "clock"),
    Status.DRAINING: ("quiet", "dash"),
    Status.REMOVED: ("quiet", "dash"),
    Status.SUPERSEDED: ("quiet", "skip"),
    Status.SKIPPED: ("quiet", "skip"),
    Status.CANCELED: ("quiet", "stop"),
}
_OUTCOMES = {
    "ok": ("good", "check"),
    "failed": ("bad", "cross"),
    "skipped": ("quiet", "skip"),
    "canceled": ("quiet", "stop"),
    "running": ("busy", "turning"),
}
_CODE = re.compile(r"(?<!`)(`+)(?!`) ?(.+?) ?(?<!`)\1(?!`)")
#: (from so many seconds, unit's seconds, unit), the largest first.
_UNITS = ((172_800, 86_400, "days"), (7_200, 3_600, "h"), (120, 60, "min"), (0, 1, "s"))


def register(app: Flask) -> None:
    app.jinja_env.tests["running"] = lambda status: status in ACTIVE
    app.jinja_env.filters.update(
        ago=lambda at: ago(datetime.now(UTC) - at),
        duration=duration,
        look=look,
        word=word,
        subject=subject,
        body=body,
        plain=plain,
        prose=prose,
        coded=coded,
        scope=_scope,
        unlisted=wording.unlisted,
        short=lambda sha: sha[:SHORT_SHA],
    )


def look(status: str) -> tuple[str, str]:
    """(class, icon) of a status, or of a step's outcome."""
    known = _LOOKS.get(Status(status)) if status in set(Status) else _OUTCOMES.get(status)
    return known or ("quiet", "dash")


def word(status: str) -> str:
    return sentence(status.replace("_", "-"))


def prose(clause: str) -> Markup:
    """A reason as a sentence; what it has between backticks, as on GitHub, is code."""
    return coded(sentence(plain(clause)))


def coded(text: str) -> Markup:
    """What stands between backticks is code."""
    return Markup(_CODE.sub(r"<code>\2</code>", str(escape(plain(text)))))  # noqa: S704 - escaped before


def _scope(freeze: Freeze) -> str:
    return scope(freeze.service, freeze.environment)


def ago(passed: timedelta) -> str:
    """In one unit: "12 s ago", "3 min ago", "5 days ago"."""
    seconds = max(int(passed.total_seconds()), 0)
    size, unit = next((size, unit) for least, size, unit in _UNITS if seconds >= least)
    return f"{seconds // size} {unit} ago"


def took(deployment: Deployment, now: datetime) -> timedelta | None:
    """From its start until it was live, or ended without; None where it hasn't started."""
    if deployment.started_at is None:
        return None
    return (deployment.live_at or deployment.ended_at or now) - deployment.started_at


def subject(message: str) -> str:
    """The first line of a commit's message."""
    return plain(message).strip().partition("\n")[0] or "(no message)"


def body(message: str) -> str:
    return plain(message).strip().partition("\n")[2].strip()
