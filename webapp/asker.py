"""Who asks: a person who signed in in their browser, or a program with a token that somebody made for it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol, TypeVar

from tidegate import permission
from tidegate.apitoken import ApiToken, Scope, Terms
from tidegate.permission import OPERATOR, Permission
from tidegate.repository import Repository
from tidegate.store import Store
from webapp.rights import Person, Rights, TokenRights

#: In the environ of a request that the operator's command makes in its own process (operators.py). No request of
#: another's can have it: what they send is in there as HTTP_… (https://peps.python.org/pep-3333/#environ-variables).
OPERATORS = "tidegate.operator"

_Answer = TypeVar("_Answer")


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

    def read(self, repository: Repository, ask: Callable[[str], _Answer]) -> _Answer:
        """What GitHub answers to a token that may read the repository's commits and checks; whether they may, is asked
        before."""
        ...

    def everywhere(self, *, anew: bool) -> bool:
        """Whether they may do what concerns every repository that is served here; `anew`: as of now."""
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

    def read(self, repository: Repository, ask: Callable[[str], _Answer]) -> _Answer:  # noqa: ARG002 - theirs is for all
        return ask(self.person.token)

    def everywhere(self, *, anew: bool) -> bool:
        held = self.rights.given(self.person, self.store.repositories.installations(), anew=anew)
        there = [each.id for each in self.store.repositories.all() if each.gone is None]
        return permission.everywhere(held.get(each, Permission.NONE) for each in there)


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

    def read(self, repository: Repository, ask: Callable[[str], _Answer]) -> _Answer:
        return self.rights.read(repository, ask)

    def everywhere(self, *, anew: bool) -> bool:  # noqa: ARG002 - nobody is asked: the store has it, as of now
        """The operator's alone: of anybody else GitHub would have to be asked about each repository by itself."""
        return self.token.sees_all


class Operator(Program):
    """Who has the workers' own keys, at their machine: as by a token for everything, which nobody had to make."""


def operator(rights: TokenRights, store: Store) -> Operator:
    now = datetime.now(UTC)
    terms = Terms("tidegate", OPERATOR, None, Scope.ADMIN, None, now + timedelta(days=1))
    return Operator(ApiToken(0, terms, now), rights, store)
