"""Who may do what: a person sees the repositories that GitHub lets them read, as it said within the last minute; and
changes what it lets them change now. A token may do what its maker may, and no more than it was made for."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

from tidegate.apitoken import ApiToken
from tidegate.permission import Permission
from tidegate.repository import Repository
from tidegate.store.api_tokens import ApiTokens
from webapp.asapp import AsApp
from webapp.believed import Believed
from webapp.people import People

#: Questions about a token's maker that GitHub is asked at once.
_AT_ONCE = 8
_Answer = TypeVar("_Answer")


@dataclass(frozen=True)
class Person:
    """Who signed in, with GitHub's own number for them and their GitHub token."""

    login: str
    id: int
    token: str


class Rights:
    """Every method may raise TokenRefused and Unreachable: nothing is ever guessed."""

    def __init__(self, people: People, now: Callable[[], float] = time.monotonic) -> None:
        self._people = people
        self._of_repository = Believed[Permission](now)
        self._of_installation = Believed[dict[int, Permission]](now)

    def of(self, person: Person, repository: Repository) -> Permission:
        """In one repository, also in a public one that they have nothing to do with."""
        given = self._of_installation.known(person.token, repository.installation_id) or {}
        if repository.id in given:
            return given[repository.id]
        ask = partial(self._people.permission, person.token, repository.full_name, repository.id)
        return self._of_repository.of(person.token, repository.id, ask)

    def now(self, person: Person, repository: Repository) -> Permission:
        """In one repository, asked anew: for what changes something, a minute ago is too long ago."""
        return self._people.permission(person.token, repository.full_name, repository.id)

    def given(self, person: Person, installations: Iterable[int], *, anew: bool = False) -> dict[int, Permission]:
        """In all repositories that they were given a permission for, by id: one question for a hundred of them. `anew`:
        nothing of the last minute is believed."""
        permissions: dict[int, Permission] = {}
        for number in installations:
            ask = partial(self._people.permissions, person.token, number)
            permissions |= ask() if anew else self._of_installation.of(person.token, number, ask)
        return permissions


class TokenRights:
    """The same of who asks by a token. Every method may raise Unreachable."""

    def __init__(self, app: AsApp, tokens: ApiTokens, now: Callable[[], float] = time.monotonic) -> None:
        self._app = app
        self._tokens = tokens
        self._of_maker = Believed[Permission](now)

    def login(self, token: ApiToken) -> str:
        """What its maker is called, as GitHub told when it was last asked about them."""
        return self._tokens.maker(token)

    def of(self, token: ApiToken, repository: Repository) -> Permission:
        """As of the last minute."""
        ask = partial(self._makers, token, repository)
        maker = token.terms.maker_id
        return self._limited(token, repository, lambda: self._of_maker.of(maker, repository.id, ask))

    def now(self, token: ApiToken, repository: Repository) -> Permission:
        return self._limited(token, repository, partial(self._makers, token, repository))

    def given(self, token: ApiToken, repositories: Iterable[Repository]) -> dict[int, Permission]:
        """In each of them, as of the last minute. GitHub has no list of it, so each is a question, some at once."""
        asked = [each for each in repositories if token.covers(each.id)]
        with ThreadPoolExecutor(_AT_ONCE) as asking:
            found = asking.map(partial(self.of, token), asked)
            return {each.id: permission for each, permission in zip(asked, found, strict=True)}

    def read(self, repository: Repository, ask: Callable[[str], _Answer]) -> _Answer:
        """As the App: no token of the maker's is kept."""
        return self._app.read(repository, ask)

    def _limited(self, token: ApiToken, repository: Repository, ask: Callable[[], Permission]) -> Permission:
        """GitHub isn't asked about what the token is not for."""
        return token.capped(ask()) if token.covers(repository.id) else Permission.NONE

    def _makers(self, token: ApiToken, repository: Repository) -> Permission:
        maker = token.terms.maker_id
        if maker is None:
            # The operator has the workers' own keys.
            return Permission.ADMIN
        login = self.login(token)
        found = self._app.permission(repository, login, maker)
        if found is None:
            now = self._app.login(repository, maker)
            if now is None or now == login:
                return Permission.NONE
            self._tokens.renamed(maker, now)
            found = self._app.permission(repository, now, maker)
        return found or Permission.NONE
