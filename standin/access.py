"""Who asks, and what they may do: GitHub's rules for Apps, installations, people and strangers."""

from __future__ import annotations

import base64
import binascii
import time
from dataclasses import dataclass, field

from standin import tokens
from standin.records import LEVELS, App, Installation, Repo, Token, User
from standin.refusals import BAD_CREDENTIALS, NOT_ACCESSIBLE, Refusal, not_found
from standin.world import World


@dataclass(frozen=True)
class Actor:
    """`kind`: "anonymous", "app" (by JWT), "installation", "user" or "user-to-server"."""

    kind: str
    user: User | None = None
    app: App | None = None
    installation: Installation | None = None
    repository_ids: set[int] | None = None
    permissions: dict[str, str] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """Whose rate limit this spends."""
        if self.installation:
            return f"installation:{self.installation.id}"
        if self.kind == "app" and self.app:
            return f"app:{self.app.id}"
        return f"user:{self.user.id}" if self.user else "anonymous"

    @property
    def who(self) -> str:
        """As GitHub names it in rate-limit messages."""
        if self.installation:
            return f"installation ID {self.installation.id}"
        return f"user ID {self.user.id}" if self.user else "127.0.0.1"

    @property
    def name(self) -> str:
        """The App's slug or the person's login, for the record of calls."""
        if self.app and self.kind != "user-to-server":
            return self.app.slug
        return self.user.login if self.user else ""

    @property
    def person(self) -> User:
        """Who a change is by: the person, or the App's bot."""
        if self.user is None:
            raise Refusal(401, "Requires authentication")
        return self.user

    @property
    def via(self) -> App | None:
        """The App that acts for itself here."""
        return self.app if self.kind == "installation" else None

    def covers(self, repo: Repo) -> bool:
        """Whether an installation token (or one on a person's behalf) reaches this repository."""
        if self.installation is None:
            return False
        chosen = self.repository_ids
        return self.installation.covers(repo) and (chosen is None or repo.id in chosen)


def authenticate(world: World, header: str) -> Actor:
    """By the Authorization header: Bearer, token, or Basic (whose password is the token, as git sends it)."""
    if not header:
        return Actor("anonymous")
    scheme, _, value = header.partition(" ")
    value = _basic(value.strip()) if scheme.lower() == "basic" else value.strip()
    if value.count(".") == 2 and value.startswith("ey"):
        return Actor("app", app=tokens.app_of(world, value))
    token = world.tokens.get(value)
    if token is None or (token.expires is not None and token.expires <= time.time()):
        raise Refusal(401, BAD_CREDENTIALS)
    return _actor(world, token)


def _actor(world: World, token: Token) -> Actor:
    if token.kind != "installation":
        return Actor("user-to-server" if token.app else "user", token.user, token.app)
    assert token.installation
    if token.installation.id not in world.installations:
        raise Refusal(401, BAD_CREDENTIALS)
    if token.installation.suspended_at is not None:
        raise Refusal(403, "This installation has been suspended")
    return Actor("installation", token.user, token.app, token.installation, token.repository_ids, token.permissions)


def _basic(value: str) -> str:
    """`x-access-token:<token>`, or `<token>:x-oauth-basic` as older scripts have it."""
    try:
        name, _, secret = base64.b64decode(value).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        raise Refusal(401, BAD_CREDENTIALS) from None
    return name if secret in {"", "x-oauth-basic"} else secret


def check_repo(world: World, actor: Actor, repo: Repo, needs: str) -> None:
    """`needs` is `permission:level`, alternatives joined by `|`. What may not be seen is not found."""
    writes = needs.endswith(":write")
    if actor.kind == "installation":
        _check_installation(actor, repo, needs, writes=writes)
        return
    if actor.kind == "app":
        raise Refusal(401, "This endpoint needs an installation token or a user's token, not a JSON web token")
    if actor.kind == "user-to-server" and actor.app and world.installation_of(actor.app, repo) is None and repo.private:
        raise not_found()
    level = LEVELS.index(repo.level_of(actor.user))
    if level < LEVELS.index("read"):
        raise not_found()
    if writes and actor.user is None:
        raise Refusal(401, "Requires authentication")
    # Whoever may read may open a pull request or comment; what else they may do there, the endpoints know.
    talking = needs.startswith(("issues:", "pull_requests:"))
    if writes and not talking and level < LEVELS.index("write"):
        raise Refusal(403, "Must have push access to the repository.")
    _check_archived(repo, writes=writes)


def _check_installation(actor: Actor, repo: Repo, needs: str, *, writes: bool) -> None:
    if not actor.covers(repo):
        if repo.private:
            raise not_found()
        if writes:
            raise Refusal(403, NOT_ACCESSIBLE)
        return
    for need in needs.split("|"):
        name, _, level = need.partition(":")
        if tokens.RANKS.get(actor.permissions.get(name, ""), 0) >= tokens.RANKS[level]:
            _check_archived(repo, writes=writes)
            return
    accepted = "; ".join(need.replace(":", "=") for need in needs.split("|"))
    raise Refusal(403, NOT_ACCESSIBLE, headers={"x-accepted-github-permissions": accepted})


def _check_archived(repo: Repo, *, writes: bool) -> None:
    if repo.archived and writes:
        raise Refusal(403, "Repository was archived so is read-only.")
