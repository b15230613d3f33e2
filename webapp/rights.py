"""Who may see what: a person sees the repositories that GitHub lets them read, as it said within the last minute."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from webapp.people import People, Right

#: Seconds for which GitHub's answer is believed.
BELIEVED = 60.0
#: Answers kept; more than that and the old ones are thrown out first.
_MOST = 10_000


@dataclass(frozen=True)
class Person:
    """Who signed in, with their GitHub token."""

    login: str
    token: str


class Rights:
    def __init__(self, people: People, now: Callable[[], float] = time.monotonic) -> None:
        self._people = people
        self._now = now
        self._known: dict[tuple[str, str], tuple[float, Right]] = {}
        self._lock = threading.Lock()

    def of(self, person: Person, repository: str) -> Right:
        """In `repository` (owner/name). Raises TokenRefused and Unreachable: never guesses."""
        key = (person.token, repository)
        asked = self._now()
        until, right = self._known.get(key, (asked, Right.NONE))
        if asked < until:
            return right
        right = self._people.right(person.token, repository)
        with self._lock:
            if len(self._known) >= _MOST:
                self._known = {each: kept for each, kept in self._known.items() if asked < kept[0]}
            self._known[key] = (asked + BELIEVED, right)
        return right
