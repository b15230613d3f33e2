"""A token by which a program asks in somebody's name: for how much, where, and until when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from tidegate.markdown import code
from tidegate.permission import NEEDED, Action, Permission

#: What every token begins with, so that scanners of leaked secrets know one.
PREFIX = "tg_"
#: For how many days one is made.
DAYS, MOST_DAYS = 90, 366


class Scope(StrEnum):
    """What a token is for, the least first; each includes those before it."""

    READ = "read"
    DEPLOY = "deploy"
    ADMIN = "admin"


#: The most that a token may do, whatever its maker may.
_MOST: dict[Scope, Permission] = {
    Scope.READ: Permission.READ,
    Scope.DEPLOY: Permission.WRITE,
    Scope.ADMIN: Permission.ADMIN,
}


@dataclass(frozen=True)
class Terms:
    """What a token was made for. `maker` is a login, with GitHub's own number `maker_id`: a login can pass to somebody
    else. None: the operator, whom GitHub needn't know. `repositories`: GitHub's ids; None is all that the maker has."""

    name: str
    maker: str
    maker_id: int | None
    scope: Scope
    repositories: frozenset[int] | None
    expires_at: datetime


@dataclass(frozen=True)
class ApiToken:
    """One that was made; nobody has its text any more but who was shown it. `used_at` is right to the hour."""

    id: int
    terms: Terms
    made_at: datetime
    used_at: datetime | None = None

    def covers(self, repository_id: int) -> bool:
        return self.terms.repositories is None or repository_id in self.terms.repositories

    def capped(self, makers: Permission) -> Permission:
        """What it may do where its maker may that."""
        return min(makers, _MOST[self.terms.scope])

    @property
    def sees_all(self) -> bool:
        """The operator's, for everything: also for what is of no repository."""
        terms = self.terms
        return terms.maker_id is None and terms.scope is Scope.ADMIN and terms.repositories is None

    @property
    def most(self) -> Permission:
        return _MOST[self.terms.scope]


#: How old `used_at` may be before a use is noted again: a script's every call shall not be a write.
NOTED_EVERY = timedelta(hours=1)


def scope_for(action: Action) -> Scope:
    """The least that is enough for it."""
    return next(scope for scope, most in _MOST.items() if most >= NEEDED[action])


def beyond(token: ApiToken, action: Action) -> str:
    """Why it may not, whatever its maker may; a sentence."""
    told = f"The token {code(token.terms.name)} was made for {code(token.terms.scope)}"
    return f"{told}: to {action} takes one for {code(scope_for(action))}."
