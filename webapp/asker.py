"""Who asks: a person who signed in in their browser, or a program with a token that somebody made for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from tidegate.apitoken import ApiToken
from tidegate.permission import Permission
from tidegate.repository import Repository
from tidegate.store import Store
from webapp.rights import Person, Rights, TokenRights


class Asker(Protocol):
    """What they may do; every question may raise Unreachable, and TokenRefused where it is a person's."""

    @property
    def login(self) -> str:
        """In whose name it is done."""
        ...

    def of(self, repository: Repository) -> Permission:
        """As of the last minute."""
        ...

    def now(self, repository: Repository) -> Permission: ...

    def given(self) -> Mapping[int, Permission]:
        """By id, in the repositories that they work in: what anybody may read is found by its address only."""
        ...


@dataclass(frozen=True)
class SignedIn:
    person: Person
    rights: Rights
    store: Store

    @property
    def login(self) -> str:
        return self.person.login

    def of(self, repository: Repository) -> Permission:
        return self.rights.of(self.person, repository)

    def now(self, repository: Repository) -> Permission:
        return self.rights.now(self.person, repository)

    def given(self) -> Mapping[int, Permission]:
        return self.rights.given(self.person, self.store.repositories.installations())


@dataclass(frozen=True)
class Program:
    token: ApiToken
    rights: TokenRights
    store: Store

    @property
    def login(self) -> str:
        return self.rights.login(self.token)

    def of(self, repository: Repository) -> Permission:
        return self.rights.of(self.token, repository)

    def now(self, repository: Repository) -> Permission:
        return self.rights.now(self.token, repository)

    def given(self) -> Mapping[int, Permission]:
        there = [each for each in self.store.repositories.all() if each.gone is None]
        found = self.rights.given(self.token, there)
        return {number: permission for number, permission in found.items() if permission >= Permission.READ}
