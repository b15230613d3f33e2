"""One long-lived connection pool to GitHub for the whole process, whoever asks and from whichever thread.

githubkit keeps its open client in a ContextVar, which other threads don't see: they would pay a TLS context, 40 ms, for
each call. So the pool is ours, and githubkit asks it. Only `rest.*` of one pinned API version is used, and answers
are read as JSON (typed as TypedDicts), not as githubkit's models, which reject what they don't know.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final, TypeVar

import githubkit
import httpcore  # noqa: F401 - with what httpx and githubkit load at a first call, so that forked workers share it
import httpx
from githubkit.exception import GitHubException, RequestFailed
from githubkit_schemas.v2026_03_10.rest import (  # noqa: F401 - see httpcore
    apps,
    checks,
    git,
    issues,
    pulls,
    reactions,
    repos,
)

from tidegate.github import GitHub as Settings
from tidegate.installation import Scope
from tidegate.repository import Repository
from worker.github import errors, models
from worker.github.auth import REPOSITORY_PERMISSIONS, AppKey, TokenCache, Tokens
from worker.github.budget import Budget, OwnBudget
from worker.ports import Clock, Unavailable

if TYPE_CHECKING:
    from githubkit_schemas.v2026_03_10.rest import RestNamespace as Rest

T = TypeVar("T")
Headers = dict[str, str]
#: Makes one request by `rest`, with these headers; the JSON of its response is a T.
Call = Callable[["Rest", Headers], githubkit.Response[Any, T]]

API_VERSION: Final = "2026-03-10"
#: Seconds for each of connecting, sending, and waiting for bytes. GitHub itself gives up on a request after 10.
TIMEOUT = 10.0
#: Made before workers are forked, for the same reason; 20 ms and a megabyte.
TLS = httpx.create_ssl_context()
LIMITS = httpx.Limits(max_connections=32, max_keepalive_connections=16, keepalive_expiry=50.0)


#: Items of a list in one answer, the most that GitHub gives.
PAGE = 100


def scope_of(repository: Repository) -> Scope:
    """What our calls about one repository may do."""
    return Scope.of(repository.installation_id, repository.id, REPOSITORY_PERMISSIONS)


class Pool(githubkit.GitHub[githubkit.UnauthAuthStrategy]):
    """githubkit over one httpx client per process; a fork gets its own, since sockets can't be shared."""

    def __init__(self, api_url: str) -> None:
        super().__init__(
            None,
            base_url=api_url,
            user_agent="tidegate",
            timeout=TIMEOUT,
            # Its retry sleeps in our thread and repeats POSTs; its cache and checks of bodies cost more than they give.
            auto_retry=False,
            http_cache=False,
            rest_api_validate_body=False,
        )
        models.leave_out(API_VERSION)
        self._clients: dict[int, httpx.Client] = {}

    @contextmanager
    def get_sync_client(self) -> Iterator[httpx.Client]:
        client = self._clients.get(os.getpid())
        yield client or self._clients.setdefault(os.getpid(), self._connect())

    def _connect(self) -> httpx.Client:
        return httpx.Client(
            base_url=self.config.base_url,
            headers={"User-Agent": self.config.user_agent, "Accept": self.config.accept},
            timeout=self.config.timeout,
            verify=TLS,
            limits=LIMITS,
            follow_redirects=True,  # a renamed repository answers 301, or 307 to a write
        )

    def close(self) -> None:
        client = self._clients.pop(os.getpid(), None)
        if client is not None:
            client.close()


class Client:
    """Asks as the App or as an installation, within the budget, and raises the ports' exceptions only."""

    def __init__(self, settings: Settings, cache: TokenCache, clock: Clock, budget: Budget | None = None) -> None:
        self.clock = clock
        self._pool = Pool(settings.api_url)
        self._key = AppKey(settings.app_id, settings.private_key, clock)
        self._tokens = Tokens(cache, clock, self._mint)
        self._budget = budget or OwnBudget(clock)

    def ask(self, scope: Scope, call: Call[T], *, write: bool = False, spare: bool = False) -> T:
        """As an installation; returns the answer's JSON. `write` counts against the limits on content, `spare` is
        refused by ourselves where little is left. A token that GitHub no longer takes (401) is replaced, once."""
        self._budget.spend(scope.installation, write=write, spare=spare)
        token = self._tokens.get(scope)
        try:
            return self._send(scope.installation, token, call)[0]
        except errors.Answered as answer:
            if answer.status != 401:
                raise
        return self._send(scope.installation, self._tokens.get(scope, rejected=token), call)[0]

    def ask_as_app(self, call: Call[T], *, write: bool = False) -> tuple[T, Mapping[str, str]]:
        """As the App itself; the answer's JSON and headers."""
        self._budget.spend(None, write=write, spare=False)
        return self._send(None, self._key.token(), call)

    def expect_missing(self, repository: Repository, answer: errors.Answered) -> None:
        """For who takes "not found" for an answer: GitHub says it of a repository that is gone, or hidden from us, just
        as it does of a thing in it. Raises, unless the repository is there."""
        if answer.status != 404:
            raise answer
        self.ask(
            scope_of(repository),
            lambda rest, headers: rest.repos.get(repository.owner, repository.name, headers=headers),
        )

    def token(self, scope: Scope, rejected: str | None = None) -> str:
        """A token to hand to git, other than one that was rejected."""
        return self._tokens.get(scope, rejected)

    def close(self) -> None:
        self._pool.close()

    def _send(self, account: int | None, token: str, call: Call[T]) -> tuple[T, Mapping[str, str]]:
        try:
            response = call(self._pool.rest(API_VERSION), {"Authorization": f"Bearer {token}"})
            self._budget.note(account, response.headers)
            return response.json(), response.headers
        except (GitHubException, ValueError) as trouble:
            # A token that isn't taken (401) is told the limits of strangers.
            if isinstance(trouble, RequestFailed) and trouble.response.status_code != 401:
                self._budget.note(account, trouble.response.headers)
            answer = errors.told(trouble, self.clock.now())
            if isinstance(answer, Unavailable) and answer.retry_after is not None:
                self._budget.pause(account, answer.retry_after)
            raise answer from trouble

    def _mint(self, scope: Scope) -> tuple[str, datetime]:
        made, _ = self.ask_as_app(
            lambda rest, headers: rest.apps.create_installation_access_token(
                scope.installation, headers=headers, **scope.body
            )
        )
        return made["token"], datetime.fromisoformat(made["expires_at"]).astimezone(UTC)
