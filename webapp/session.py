"""Who is signed in: a cookie, signed, with the person's GitHub token encrypted in it, which the store has not; and a
row in the store, without which the cookie is worth nothing, so that it can be ended from elsewhere.

It ends with the token, after eight hours at most; signing in again takes GitHub one redirect.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from flask import Flask, Request, g, session

from tidegate.store.sessions import Session
from tidegate.store.sessions import Sessions as Kept
from webapp.oauth import Attempt
from webapp.rights import Person

LONGEST = timedelta(hours=8)
_PERSON, _ATTEMPT = "person", "attempt"
#: Of the person.
_KEPT = {"key", "login", "id", "token", "lives"}


class Sessions:
    """Configures Flask's session for `app`, with keys that are derived from TIDEGATE_SECRET_KEY (the newest first).

    Every method but is_own() and begin() may raise StoreDown.
    """

    def __init__(self, app: Flask, url: str, secret_keys: Sequence[str], kept: Kept) -> None:
        self._kept = kept
        secure = urlsplit(url).scheme == "https"
        signing = [_derive(key, "session signature").hex() for key in secret_keys]
        app.config.update(
            SECRET_KEY=signing[0],
            SECRET_KEY_FALLBACKS=signing[1:],
            # __Host-: no other host, such as a service deployed below the same domain, can set or shadow it.
            SESSION_COOKIE_NAME="__Host-tidegate" if secure else "tidegate",
            SESSION_COOKIE_SECURE=secure,
            SESSION_COOKIE_HTTPONLY=True,
            SESSION_COOKIE_SAMESITE="Lax",
            PERMANENT_SESSION_LIFETIME=LONGEST,
        )
        self._seal = MultiFernet([Fernet(_fernet_key(key)) for key in secret_keys])
        self._origin = origin_of(url)

    def person(self) -> Person | None:
        """Who is signed in on this request."""
        if "person" not in g:
            g.person = self._person()
        found = g.person
        assert found is None or isinstance(found, Person)
        return found

    def _person(self) -> Person | None:
        told = session.get(_PERSON)
        if told is None:
            return None
        if not told.keys() >= _KEPT:  # by an earlier version
            session.clear()
            return None
        try:
            token = self._seal.decrypt(told["token"], ttl=told["lives"])
        except InvalidToken:
            session.clear()
            return None
        if not self._kept.stands(told["key"], datetime.now(UTC)):
            session.clear()
            return None
        return Person(told["login"], told["id"], token.decode())

    def begin(self, attempt: Attempt, back: str) -> None:
        session.clear()
        session[_ATTEMPT] = {"state": attempt.state, "verifier": attempt.verifier, "back": back}

    def attempt(self) -> tuple[Attempt, str] | None:
        """The sign-in that this browser began, once, and where it wants to go back to."""
        kept = session.pop(_ATTEMPT, None)
        return None if kept is None else (Attempt(kept["state"], kept["verifier"]), kept["back"])

    def enter(self, person: Person, lives: int, browser: str) -> None:
        """Signs in for as many seconds as the token lives. `browser` as it names itself."""
        session.clear()
        session.permanent = True
        now, lives = datetime.now(UTC), min(lives, int(LONGEST.total_seconds()))
        key = self._kept.begin(Session(person.id, person.login, browser, now, now + timedelta(seconds=lives)))
        session[_PERSON] = {
            "key": key,
            "login": person.login,
            "id": person.id,
            "token": self._seal.encrypt(person.token.encode()).decode(),
            "lives": lives,
        }

    def leave(self) -> None:
        """Also for whoever has a copy of the cookie."""
        told = session.get(_PERSON)
        session.clear()
        g.person = None
        if told is not None and "key" in told:
            self._kept.end(told["key"])

    def is_own(self, request: Request) -> bool:
        """Whether a request that changes something comes from our own pages, or from no browser at all.

        SameSite alone would let in a service that is deployed below the same domain as we are.
        """
        site = request.headers.get("Sec-Fetch-Site", "same-origin")
        return site in {"same-origin", "none"} and request.headers.get("Origin", self._origin) == self._origin


def origin_of(url: str) -> str:
    """As browsers write it: in lower case, without the port that goes without saying.

    https://url.spec.whatwg.org/#origin
    """
    parts = urlsplit(url)
    usual = {"https": 443, "http": 80}.get(parts.scheme)
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
    return f"{parts.scheme}://{host}" + (f":{parts.port}" if parts.port not in {None, usual} else "")


def _derive(key: str, purpose: str) -> bytes:
    return hmac.digest(key.encode(), f"tidegate {purpose} v1".encode(), hashlib.sha256)


def _fernet_key(key: str) -> bytes:
    return base64.urlsafe_b64encode(_derive(key, "session token"))
