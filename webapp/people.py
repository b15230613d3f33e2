"""What we ask GitHub on behalf of a person who signed in: who they are, and what they may do in a repository; and how.

Never on a webhook's path. httpx is brought in by the first sign-in: it costs memory that a server at rest should not.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from tidegate.permission import Permission

if TYPE_CHECKING:
    import httpx

#: In seconds, for the whole of a request; a page waits for it.
TIMEOUT = 5.0
#: Repositories that GitHub lists at once, and the most lists that are asked for.
_PAGE = 100
_MOST_PAGES = 50


class Unreachable(Exception):
    """GitHub gave no answer that can be used: down, slow, or limiting us."""


class TokenRefused(Exception):
    """The person's token has expired or was revoked: they must sign in again."""


class People:
    """`api_url` as in GITHUB_API_URL. `token` is a user's, but for get() and post().
    Every call may raise Unreachable."""

    def __init__(self, api_url: str) -> None:
        self._api = api_url

    def who(self, token: str) -> tuple[str, int]:
        """Their login, and the number that stays theirs when they change it. Raises TokenRefused."""
        told = self.get("/user", token)
        login, number = told.get("login"), told.get("id")
        if not isinstance(login, str) or not isinstance(number, int):
            raise Unreachable("GitHub didn't say who signed in")
        return login, number

    def permission(self, token: str, repository: str, repository_id: int) -> Permission:
        """In `repository` (owner/name), NONE also where there is no such, or where that name is another's by now: names
        are given anew once they are free. Raises TokenRefused."""
        found = self.get(f"/repos/{repository}", token)
        return _permission(found) if found.get("id") == repository_id else Permission.NONE

    def permissions(self, token: str, installation: int) -> dict[int, Permission]:
        """By repository id: those of the App's installation that they were given a permission for. Raises TokenRefused.

        https://docs.github.com/rest/apps/installations#list-repositories-accessible-to-the-user-access-token
        """
        permissions: dict[int, Permission] = {}
        for page in range(1, _MOST_PAGES + 1):
            path = f"/user/installations/{installation}/repositories?per_page={_PAGE}&page={page}"
            found = self.get(path, token).get("repositories")
            listed = found if isinstance(found, list) else []
            permissions |= {each["id"]: _permission(each) for each in listed}
            if len(listed) < _PAGE:
                break
        return permissions

    def listed(self, path: str, token: str) -> list[dict[str, Any]]:
        """What GitHub answers with a list; empty as get() is. Raises TokenRefused."""
        found = self._read(lambda: self._client.get(f"{self._api}{path}", headers=_headers(token)))
        return found if isinstance(found, list) else []

    def post_form(self, url: str, form: Mapping[str, str]) -> dict[str, object]:
        """The answer to a form, which GitHub gives as JSON when asked so."""
        return self._json(lambda: self._client.post(url, data=dict(form), headers={"Accept": "application/json"}))

    def get(self, path: str, token: str) -> dict[str, object]:
        """Empty where GitHub says that there is nothing, or nothing for them. Raises TokenRefused."""
        return self._json(lambda: self._client.get(f"{self._api}{path}", headers=_headers(token)))

    def post(self, path: str, token: str, body: Mapping[str, object]) -> dict[str, object]:
        """As get()."""
        return self._json(lambda: self._client.post(f"{self._api}{path}", json=dict(body), headers=_headers(token)))

    def _json(self, ask: Callable[[], httpx.Response]) -> dict[str, object]:
        found = self._read(ask)
        return found if isinstance(found, dict) else {}

    def _read(self, ask: Callable[[], httpx.Response]) -> object:
        """None where GitHub says that there is nothing, or nothing for them."""
        import httpx

        try:
            answer = ask()
            if answer.status_code == HTTPStatus.UNAUTHORIZED:
                raise TokenRefused
            if answer.status_code in _NOTHING and "retry-after" not in answer.headers and not _limited(answer):
                return None
            found: object = answer.raise_for_status().json()
        except (httpx.HTTPError, ValueError) as error:
            raise Unreachable(str(error) or type(error).__name__) from error
        return found

    def close(self) -> None:
        """Hangs up; to be called by whoever made it."""
        if "_client" in vars(self):
            self._client.close()

    @cached_property
    def _client(self) -> httpx.Client:
        import httpx

        # A repository that was renamed redirects to its new address.
        return httpx.Client(timeout=TIMEOUT, follow_redirects=True, headers={"User-Agent": "tidegate"})


def _headers(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}", "Accept": "application/vnd.github+json"}


#: GitHub's names for what somebody may do, the highest first.
_NAMES = {
    "admin": Permission.ADMIN,
    "maintain": Permission.MAINTAIN,
    "push": Permission.WRITE,
    "triage": Permission.TRIAGE,
}


def _permission(repository: Mapping[str, object]) -> Permission:
    """What GitHub's description of a repository says about who asked. Who can have it described can read it."""
    if "id" not in repository:
        return Permission.NONE
    told = repository.get("permissions")
    given = told if isinstance(told, dict) else {}
    return next((permission for name, permission in _NAMES.items() if given.get(name) is True), Permission.READ)


_NOTHING = {HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT, HTTPStatus.FORBIDDEN, HTTPStatus.UNAVAILABLE_FOR_LEGAL_REASONS}


def _limited(answer: httpx.Response) -> bool:
    """A 403 that says nothing about the repository: the token's limit is spent."""
    return bool(answer.headers.get("x-ratelimit-remaining") == "0")
