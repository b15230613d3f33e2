"""Waits for a deployment, telling its steps as they go, and says what has become of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TextIO

from cli.remote import patience
from cli.remote.deployment import path
from cli.remote.progress import progress
from cli.trouble import Interrupted, Unreachable
from tidegate.deployment import FINAL, Status
from tidegate.markdown import clip

if TYPE_CHECKING:
    from cli.remote.api import Answer, Api

#: Seconds between two looks.
_EVERY = 1.0
_SENTENCE = 500


@dataclass(frozen=True)
class Verdict:
    """`text`: for people, with why."""

    well: bool
    text: str


def wait(api: Api, deployment: str, out: TextIO) -> tuple[Answer, Verdict]:
    """The deployment as it was in the end. Raises Trouble; what is deployed goes on by itself whatever happens here."""
    telling = progress(out)
    further = f"The deploy goes on. To wait for it again: tidegate deploys wait {deployment}"
    try:
        while True:
            one = api.get(path(deployment))
            telling.tell(one)
            found = verdict(one)
            if found is not None:
                return one, found
            patience.pause(_EVERY)
    except KeyboardInterrupt:
        raise Interrupted(further) from None
    except Unreachable as why:
        raise Unreachable(f"{why}\n{further}") from None
    finally:
        telling.end()


def verdict(one: Answer) -> Verdict | None:
    """None: it isn't known yet. Well: it came live, also where something newer has taken its place since."""
    status, named = Status(one["status"]), f"{one['service']}: {one['sha'][:7]}"
    reason = clip(one["reason"], _SENTENCE)
    if status is Status.CRASHED:
        return Verdict(well=False, text=f"{named} came live, and has crashed: {reason}")
    if status is Status.LIVE:
        return Verdict(well=True, text=f"{named} is live")
    if one["live_at"] is not None:
        return Verdict(well=True, text=f"{named} was live, and is {status}: {reason}")
    return Verdict(well=False, text=f"{named} {_ENDED[status]}: {reason}") if status in FINAL else None


_ENDED = {
    Status.FAILED: "failed",
    Status.CANCELED: "was canceled",
    Status.SUPERSEDED: "was superseded",
    Status.SKIPPED: "was skipped",
    Status.REMOVED: "was removed",
    Status.COMPLETED: "completed",
}
