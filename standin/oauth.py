"""Signing in with GitHub: the web application flow of an App's user authorization, with PKCE and refresh tokens.

https://docs.github.com/apps/creating-github-apps/authenticating-with-a-github-app/generating-a-user-access-token-for-a-github-app
"""

from __future__ import annotations

import base64
import hashlib
import secrets
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from standin.records import App, Json, User

if TYPE_CHECKING:
    from standin.world import World

CODE_LIFE, TOKEN_LIFE, REFRESH_LIFE = 600, 28_800, 15_897_600  # seconds


@dataclass(frozen=True)
class Grant:
    """What a code or a refresh token stands for."""

    app: App
    user: User
    redirect_uri: str
    challenge: str
    expires: float


class Grants:
    def __init__(self) -> None:
        self._codes: dict[str, Grant] = {}
        self._refreshes: dict[str, Grant] = {}

    def approve(self, app: App, user: User, redirect_uri: str, challenge: str) -> str:
        """The person said yes: a code for the callback."""
        code = secrets.token_hex(10)
        self._codes[code] = Grant(app, user, redirect_uri, challenge, time.time() + CODE_LIFE)
        return code

    def exchange(self, world: World, form: dict[str, str]) -> Json:
        """A token for a code or a refresh token. GitHub answers 200 and an `error` when it refuses."""
        app = next((each for each in world.apps.values() if each.client_id == form.get("client_id")), None)
        if app is None or not secrets.compare_digest(app.client_secret, form.get("client_secret", "")):
            return _error("incorrect_client_credentials", "The client_id and/or client_secret passed are incorrect.")
        if form.get("grant_type") == "refresh_token":
            grant = self._refreshes.pop(form.get("refresh_token", ""), None)
            if grant is None or grant.app is not app or grant.expires < time.time():
                return _error("bad_refresh_token", "The refresh token passed is incorrect or expired.")
            return self._issue(world, grant)
        grant = self._codes.pop(form.get("code", ""), None)
        if grant is None or grant.app is not app or grant.expires < time.time() or not _proves(grant, form):
            return _error("bad_verification_code", "The code passed is incorrect or expired.")
        if form.get("redirect_uri", grant.redirect_uri) != grant.redirect_uri:
            return _error("redirect_uri_mismatch", "The redirect_uri MUST match the registered callback URL.")
        return self._issue(world, grant)

    def _issue(self, world: World, grant: Grant) -> Json:
        token = world.add_token("ghu", "user-to-server", grant.user, app=grant.app, expires=time.time() + TOKEN_LIFE)
        refresh = f"ghr_{secrets.token_hex(38)}"
        again = Grant(grant.app, grant.user, grant.redirect_uri, "", time.time() + REFRESH_LIFE)
        self._refreshes[refresh] = again
        return {
            "access_token": token.value,
            "expires_in": TOKEN_LIFE,
            "refresh_token": refresh,
            "refresh_token_expires_in": REFRESH_LIFE,
            "token_type": "bearer",
            "scope": "",
        }


def may_return_to(app: App, redirect_uri: str) -> bool:
    """Whether this address is one of the App's callback URLs, or below one."""
    return any(redirect_uri == known or redirect_uri.startswith(known.rstrip("/") + "/") for known in app.callback_urls)


def _proves(grant: Grant, form: dict[str, str]) -> bool:
    """PKCE: S256 of the verifier is the challenge."""
    if not grant.challenge:
        return True
    digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
    return secrets.compare_digest(base64.urlsafe_b64encode(digest).decode().rstrip("="), grant.challenge)


def _error(kind: str, description: str) -> Json:
    return {"error": kind, "error_description": description, "error_uri": "https://docs.github.com"}
