"""Sign-in with GitHub: the web flow of an App's user authorization, with state and PKCE.

https://docs.github.com/apps/creating-github-apps/authenticating-with-a-github-app/generating-a-user-access-token-for-a-github-app
"""

from __future__ import annotations

import base64
import hashlib
import secrets
from dataclasses import dataclass
from urllib.parse import urlencode

from tidegate.github import GitHub
from webapp.people import People

CALLBACK = "/login/callback"


@dataclass(frozen=True)
class Attempt:
    """A sign-in that was begun; what proves at its end that the same browser ends it."""

    state: str
    verifier: str

    @classmethod
    def new(cls) -> Attempt:
        return cls(secrets.token_urlsafe(24), secrets.token_urlsafe(48))

    def url(self, github: GitHub, callback: str) -> str:
        """Where the browser goes to ask GitHub. `callback` is the whole URL that it comes back to."""
        challenge = base64.urlsafe_b64encode(hashlib.sha256(self.verifier.encode()).digest()).decode().rstrip("=")
        query = {
            "client_id": github.client_id,
            "redirect_uri": callback,
            "state": self.state,
            "code_challenge": challenge,
            "code_challenge_method": "S256",
        }
        return f"{github.web_url}/login/oauth/authorize?{urlencode(query)}"


class Denied(Exception):
    """GitHub didn't sign the person in; says why."""


def exchange(gateway: People, github: GitHub, attempt: Attempt, code: str, callback: str) -> tuple[str, int]:
    """(user token, seconds that it lives) for the callback's code. Raises Denied and Unreachable."""
    answer = gateway.post_form(
        f"{github.web_url}/login/oauth/access_token",
        {
            "client_id": github.client_id,
            "client_secret": github.client_secret,
            "code": code,
            "redirect_uri": callback,
            "code_verifier": attempt.verifier,
        },
    )
    token = answer.get("access_token")
    # GitHub answers 200 and an `error` when it refuses.
    if not isinstance(token, str) or not token:
        raise Denied(str(answer.get("error_description") or "GitHub gave no token"))
    lives = answer.get("expires_in")
    return token, lives if isinstance(lives, int) else _UNLIMITED


#: Tokens of Apps that opted out of expiry say nothing; we ask anew after GitHub's own eight hours.
_UNLIMITED = 8 * 3600
