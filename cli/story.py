"""The way of one commit, told at the terminal as GitHub shows it: one line for each thing that changed."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

from cli.hub import Hub, Json, Shown

OURS = "tidegate / "


class NeverCameError(Exception):
    """What was waited for did not come in time."""


def lines(shown: Shown) -> Iterator[tuple[str, str]]:
    """(what, how it stands) for everything that GitHub shows, in the order of a deploy."""
    for run in sorted(shown.checks, key=_ours):
        yield f"check “{run['name']}”", _check_state(run)
    for each in reversed(shown.deployments):
        for status in reversed(shown.statuses[each["id"]]):
            said = f" - {status['description']}" if status["description"] else ""
            yield f"deployment “{each['environment']}”", f"{status['state']}{said}"


def _ours(run: Json) -> bool:
    name: str = run["name"]
    return name.startswith(OURS)


def _check_state(run: Json) -> str:
    state = run["conclusion"] if run["status"] == "completed" else run["status"]
    title = run["output"]["title"]
    return f"{state} - {title}" if title else str(state)


class Story:
    """Follows commits; `say` gets a line for each change, with the seconds since the commit was first followed."""

    def __init__(self, hub: Hub, say: Callable[[str], None], pause: float = 0.4) -> None:
        self._hub, self._say, self._pause = hub, say, pause
        self._seen: set[tuple[str, str, str]] = set()
        self._began: dict[str, float] = {}

    def follow(self, sha: str, until: Callable[[Shown], bool], patience: float) -> Shown:
        """Tells until the condition holds; raises NeverCameError after `patience` seconds."""
        deadline = time.monotonic() + patience
        while True:
            shown = self.look(sha)
            if until(shown):
                return shown
            if time.monotonic() > deadline:
                raise NeverCameError(f"{sha[:7]} did not get there in {patience:g} s")
            time.sleep(self._pause)

    def look(self, sha: str) -> Shown:
        """Tells what is new, once."""
        shown = self._hub.shown(sha)
        began = self._began.setdefault(sha, time.monotonic())
        for what, state in lines(shown):
            if (sha, what, state) not in self._seen:
                self._seen.add((sha, what, state))
                self._say(f"{time.monotonic() - began:6.1f} s  {what}: {state}")
        return shown
