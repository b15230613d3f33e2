"""How single values look on a page: times, statuses, commits. Filters of the templates."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Protocol
from urllib.parse import urlsplit

from flask import Flask
from markupsafe import Markup, escape

from tidegate import wording
from tidegate.cronrun import RunState
from tidegate.deployment import ACTIVE, FINAL, Deployment, Health, Status
from tidegate.freeze import Freeze, scope
from tidegate.hostname import SHORT_SHA
from tidegate.instance import InstanceState
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
_HEALTH: dict[str, tuple[str, str]] = {
    Health.HEALTHY: ("good", "check"),
    Health.DEGRADED: ("waits", "bang"),
    Health.UNHEALTHY: ("bad", "bang"),
}
#: Kinds of entries on the timeline that are no status: (class, icon).
_EVENTS = {
    **dict.fromkeys(("instance-recovered", "instance-joined", "host-back", "freeze-off"), ("good", "check")),
    **dict.fromkeys(("auto-deploy-on", "repository-back", "approved", "preview-created"), ("good", "check")),
    **dict.fromkeys(("instance-crashed", "instance-unhealthy", "run-failed", "host-unreachable"), ("bad", "bang")),
    **dict.fromkeys(("purge-failed", "disk-over-size", "instance-outgrown", "repository-gone"), ("bad", "bang")),
    **dict.fromkeys(("auto-deploy-off", "freeze-on", "instance-stopped", "instance-leaving"), ("waits", "stop")),
    **dict.fromkeys(("config-changed", "deploy-hook", "scaled", "unlisted"), ("quiet", "gear")),
    **dict.fromkeys(("instance-restarted", "instance-recalled", "resumed"), ("busy", "back")),
}
#: States of an instance, where they are not a deployment's or a health's as well.
_STATES: dict[str, tuple[str, str]] = {
    **dict.fromkeys((InstanceState.JOINING, InstanceState.STARTING), ("busy", "turning")),
    **dict.fromkeys((InstanceState.STOPPING, InstanceState.LEAVING, InstanceState.ENDING), ("quiet", "turning")),
    InstanceState.DOWN: ("bad", "cross"),
    InstanceState.STOPPED: ("quiet", "dash"),
    RunState.RUNNING: ("busy", "turning"),
}
_TRIGGERS = {
    "commit": "on every push",
    "checksPass": "once its checks have passed",
    "off": "no (autoDeployTrigger: off)",
}
_OUTCOMES: dict[str, tuple[str, str]] = {
    "ok": ("good", "check"),
    "failed": ("bad", "cross"),
    "skipped": ("quiet", "skip"),
    "canceled": ("quiet", "stop"),
    "running": ("busy", "turning"),
}
#: Of what is no status of a deployment.
_ALSO: dict[str, tuple[str, str]] = {**_HEALTH, **_STATES, **_OUTCOMES}
_CODE = re.compile(r"(?<!`)(`+)(?!`) ?(.+?) ?(?<!`)\1(?!`)")
#: (from so many seconds, unit's seconds, unit), the largest first.
_UNITS = ((172_800, 86_400, "days"), (7_200, 3_600, "h"), (120, 60, "min"), (0, 1, "s"))


def register(app: Flask) -> None:
    app.jinja_env.tests.update(running=lambda status: status in ACTIVE, final=lambda status: status in FINAL)
    app.jinja_env.filters.update(
        ago=lambda at: ago(datetime.now(UTC) - at),
        duration=duration,
        event_look=event_look,
        host=lambda url: urlsplit(url).netloc,
        look=look,
        wellbeing=wellbeing,
        word=word,
        subject=subject,
        body=body,
        plain=plain,
        prose=prose,
        coded=coded,
        scope=_scope,
        trigger=lambda trigger: _TRIGGERS[trigger],
        unlisted=wording.unlisted,
        short=lambda sha: sha[:SHORT_SHA],
    )


def look(status: str) -> tuple[str, str]:
    """(class, icon) of a status, of a health, of an instance's or a run's state, or of a step's outcome."""
    known = _LOOKS.get(Status(status)) if status in set(Status) else _ALSO.get(status)
    return known or ("quiet", "dash")


class Judged(Protocol):
    """A deployment, or as much of one as tells how it is."""

    @property
    def status(self) -> Status: ...
    @property
    def health(self) -> Health | None: ...


def wellbeing(judged: Judged) -> str:
    """How it is where it is live, else what became of it: the word that stands for it where there is room for one."""
    return judged.health or Health.HEALTHY if judged.status is Status.LIVE else judged.status


def event_look(kind: str) -> tuple[str, str]:
    """(class, icon) of an entry of the timeline."""
    return _EVENTS.get(kind) or (("busy", "dot") if kind in ACTIVE else look(kind))


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
