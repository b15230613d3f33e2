"""What we ask GitHub as the App, for who has not signed in to ask themselves: what they may do, and what there is.

For API tokens: no token of a person is kept for them, and what is taken from their maker at GitHub is taken from them.
httpx and the App's signing are brought in by the first question, as in people.py.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TypeVar
from urllib.parse import quote

from tidegate.github import GitHub
from tidegate.installation import MARGIN, Scope, claims
from tidegate.permission import Permission
from tidegate.repository import Repository
from tidegate.store.tokens import Tokens
from webapp.people import People, TokenRefused, Unreachable

_Answer = TypeVar("_Answer")


class _NotInstalled(Exception):
    """GitHub gives no token for it: it was suspended or removed, and nobody has told us yet."""


#: Whoever asks what people may, and whoever reads commits and their checks.
_ASKING = {"metadata": "read"}
_READING = {"checks": "read", "contents": "read", "metadata": "read"}


class AsApp:
    """`tokens`: the store's."""

    def __init__(self, people: People, settings: GitHub, tokens: Tokens) -> None:
        self._people = people
        self._settings = settings
        self._tokens = tokens

    def permission(self, repository: Repository, login: str, person_id: int) -> Permission | None:
        """Of who has that number; None where the login is nobody's or somebody else's by now. Raises Unreachable.

        https://docs.github.com/rest/collaborators/collaborators#get-repository-permissions-for-a-user
        """
        path = f"/repos/{repository.full_name}/collaborators/{quote(login, safe='')}/permission"
        try:
            scope = Scope.of(repository.installation_id, None, _ASKING)
            found = self._asked(scope, lambda token: self._people.get(path, token))
        except _NotInstalled:
            return Permission.NONE
        user = found.get("user")
        if not isinstance(user, dict) or user.get("id") != person_id:
            return None
        # `role_name` may be one that an organization made itself; `permission` then says which it comes to.
        names = {each.name.lower(): each for each in Permission}
        return names.get(str(found.get("role_name"))) or names.get(str(found.get("permission")), Permission.NONE)

    def login(self, repository: Repository, person_id: int) -> str | None:
        """What who has that number is called now, None where there is no such person; asked as the App that is
        installed for the repository. Raises Unreachable.

        https://docs.github.com/rest/users/users#get-a-user-using-their-id
        """
        try:
            scope = Scope.of(repository.installation_id, None, _ASKING)
            told = self._asked(scope, lambda token: self._people.get(f"/user/{person_id}", token))
        except _NotInstalled:
            return None
        login = told.get("login")
        return login if isinstance(login, str) else None

    def read(self, repository: Repository, ask: Callable[[str], _Answer]) -> _Answer:
        """What is answered to a token for this repository's commits and checks. Raises Unreachable."""
        try:
            return self._asked(Scope.of(repository.installation_id, repository.id, _READING), ask)
        except _NotInstalled as none:
            raise Unreachable("the App is not installed there any more") from none

    def _asked(self, scope: Scope, ask: Callable[[str], _Answer]) -> _Answer:
        """With the token that is kept; where GitHub refuses it (it was suspended, or given anew), with a new one."""
        now = datetime.now(UTC)
        kept = self._tokens.get(scope.key, now + MARGIN)
        try:
            if kept is not None:
                return ask(kept)
        except TokenRefused:
            pass
        try:
            return ask(self._mint(scope, now))
        except TokenRefused as refused:
            raise Unreachable("GitHub refuses the App") from refused

    def _mint(self, scope: Scope, now: datetime) -> str:
        import jwt

        try:
            proof = jwt.encode(claims(self._settings.app_id, now), self._settings.private_key, algorithm="RS256")
        except (ValueError, TypeError, jwt.PyJWTError) as trouble:
            raise Unreachable("GITHUB_PRIVATE_KEY is no private key in PEM form") from trouble
        made = self._people.post(f"/app/installations/{scope.installation}/access_tokens", proof, scope.body)
        if not made:
            raise _NotInstalled
        token, until = made.get("token"), made.get("expires_at")
        if not isinstance(token, str) or not isinstance(until, str):
            raise Unreachable("GitHub gave the App no token for this installation")
        self._tokens.put(scope.key, token, datetime.fromisoformat(until))
        return token
