"""Who we are to GitHub: the App by a signed token of minutes, an installation by one of an hour, as narrow as it goes.

A token is minted for one repository and the permissions in use, kept encrypted in the store for all processes, and
renewed before it ends.
"""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

import jwt

from tidegate.installation import MARGIN, PROOF, Scope, claims
from worker.ports import Clock, Refused

#: How long a token found in the store, whose end it doesn't tell, is used without asking the store again.
RECHECK = timedelta(minutes=1)

REPOSITORY_PERMISSIONS = {
    "metadata": "read",
    "contents": "read",
    "checks": "write",
    "statuses": "write",
    "deployments": "write",
    # Covers the comments of pull requests and reactions to them; those of issues we neither read nor write.
    "pull_requests": "write",
}
CLONE_PERMISSIONS = {"contents": "read"}
LIST_PERMISSIONS = {"metadata": "read"}


class TokenCache(Protocol):
    """Keeps tokens for all processes, encrypted at rest."""

    def get(self, key: str, at: datetime) -> str | None:
        """The token, where it is valid at `at`."""
        ...

    def put(self, key: str, token: str, expires_at: datetime) -> None: ...


@dataclass(frozen=True)
class Token:
    """`until` is when to look for another, not when GitHub ends it."""

    value: str
    until: datetime


#: Asks GitHub for a new token: its value, and when it ends.
Mint = Callable[[Scope], tuple[str, datetime]]


class Tokens:
    """Installation tokens, from memory, else the store, else GitHub. Safe for threads; each scope is minted once."""

    def __init__(self, cache: TokenCache, clock: Clock, mint: Mint) -> None:
        self._cache = cache
        self._clock = clock
        self._mint = mint
        self._held: dict[str, Token] = {}
        self._locks: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)

    def get(self, scope: Scope, rejected: str | None = None) -> str:
        """A token to use now. `rejected` is one that GitHub answered 401 to: it isn't returned again."""
        held = self._usable(scope, rejected)
        if held is not None:
            return held
        with self._locks[scope.key]:
            return self._usable(scope, rejected) or self._find(scope, rejected)

    def _usable(self, scope: Scope, rejected: str | None) -> str | None:
        held = self._held.get(scope.key)
        if held is None or held.value == rejected or held.until <= self._clock.now():
            return None
        return held.value

    def _find(self, scope: Scope, rejected: str | None) -> str:
        now = self._clock.now()
        stored = self._cache.get(scope.key, now + MARGIN)
        if stored is not None and stored != rejected:
            self._held[scope.key] = Token(stored, now + RECHECK)
            return stored
        value, expires_at = self._mint(scope)
        self._cache.put(scope.key, value, expires_at)
        self._held[scope.key] = Token(value, expires_at - MARGIN)
        return value


class AppKey:
    """Signs as the App. Signing takes a millisecond, so one signature serves for most of its life."""

    def __init__(self, app_id: int, private_key: str, clock: Clock) -> None:
        self._app_id = app_id
        self._private_key = private_key
        self._clock = clock
        self._held: Token | None = None

    def token(self) -> str:
        now = self._clock.now()
        held = self._held
        if held is None or held.until <= now:
            held = self._held = Token(self._sign(now), now + PROOF - MARGIN)
        return held.value

    def _sign(self, now: datetime) -> str:
        try:
            return jwt.encode(claims(self._app_id, now), self._private_key, algorithm="RS256")
        except (ValueError, TypeError, jwt.PyJWTError) as trouble:
            raise Refused(
                "GITHUB_PRIVATE_KEY is not a private key in PEM form. Generate one in the App's settings on GitHub."
            ) from trouble
