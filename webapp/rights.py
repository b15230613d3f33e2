"""Who may do what: a person sees the repositories that GitHub lets them read, as it said within the last minute; and
changes what it lets them change now."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import Generic, TypeVar

from tidegate.permission import Permission
from tidegate.repository import Repository
from webapp.people import People

#: Seconds for which GitHub's answer is believed.
BELIEVED = 60.0
#: Answers kept; when there are more, those that are believed no longer are thrown out.
_MOST = 10_000

_Answer = TypeVar("_Answer")


class _Believed(Generic[_Answer]):
    """Answers by token and subject, each until it is believed no longer."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._answers: dict[tuple[str, object], tuple[float, _Answer]] = {}
        self._adding = threading.Lock()

    def known(self, token: str, about: object) -> _Answer | None:
        until, answer = self._answers.get((token, about), (0.0, None))
        return answer if self._now() < until else None

    def of(self, token: str, about: object, ask: Callable[[], _Answer]) -> _Answer:
        known = self.known(token, about)
        if known is not None:
            return known
        # From the asking on, since what is answered may be changed right after.
        asked = self._now()
        answer = ask()
        with self._adding:
            if len(self._answers) >= _MOST:
                self._answers = {key: kept for key, kept in self._answers.items() if asked < kept[0]}
            self._answers[token, about] = (asked + BELIEVED, answer)
        return answer


@dataclass(frozen=True)
class Person:
    """Who signed in, with their GitHub token."""

    login: str
    token: str


class Rights:
    """Every method may raise TokenRefused and Unreachable: nothing is ever guessed."""

    def __init__(self, people: People, now: Callable[[], float] = time.monotonic) -> None:
        self._people = people
        self._of_repository = _Believed[Permission](now)
        self._of_installation = _Believed[dict[int, Permission]](now)

    def of(self, person: Person, repository: Repository) -> Permission:
        """In one repository, also in a public one that they have nothing to do with."""
        given = self._of_installation.known(person.token, repository.installation_id) or {}
        if repository.id in given:
            return given[repository.id]
        ask = partial(self._people.permission, person.token, repository.full_name)
        return self._of_repository.of(person.token, repository.id, ask)

    def now(self, person: Person, repository: Repository) -> Permission:
        """In one repository, asked anew: for what changes something, a minute ago is too long ago."""
        return self._people.permission(person.token, repository.full_name)

    def given(self, person: Person, installations: Iterable[int]) -> dict[int, Permission]:
        """In all repositories that they were given a permission for, by id: one question for a hundred of them."""
        permissions: dict[int, Permission] = {}
        for number in installations:
            ask = partial(self._people.permissions, person.token, number)
            permissions |= self._of_installation.of(person.token, number, ask)
        return permissions
