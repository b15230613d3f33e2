"""What we ask GitHub as the App: what somebody may do in a repository, where they have not signed in to ask themselves.

For API tokens: no token of a person is kept for them, and what is taken from their maker at GitHub is taken from them.
httpx and the App's signing are brought in by the first question, as in people.py.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

from tidegate.github import GitHub
from tidegate.permission import Permission
from tidegate.repository import Repository
from tidegate.store.tokens import Tokens
from webapp.people import People, TokenRefused, Unreachable

#: All that is asked for. What GitHub gives for it is kept in the store under the name that worker/github/auth.py has
#: for the same, so that one token serves both.
_MAY = {"metadata": "read"}
#: A token that ends sooner isn't begun with.
_MARGIN = timedelta(minutes=5)
#: Of what proves that we are the App; GitHub takes at most ten minutes, and its clock may be behind ours.
_PROOF, _BACKDATED = timedelta(minutes=9), timedelta(seconds=60)


class _NotInstalled(Exception):
    """GitHub gives no token for it: it was suspended or removed, and nobody has told us yet."""


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
            found = self._asked(repository.installation_id, lambda token: self._people.get(path, token))
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
            told = self._asked(repository.installation_id, lambda token: self._people.get(f"/user/{person_id}", token))
        except _NotInstalled:
            return None
        login = told.get("login")
        return login if isinstance(login, str) else None

    def _asked(self, installation: int, ask: Callable[[str], dict[str, object]]) -> dict[str, object]:
        """With the token that is kept; where GitHub refuses it (it was suspended, or given anew), with a new one."""
        now, key = datetime.now(UTC), f"github/{installation}/*/metadata:read"
        kept = self._tokens.get(key, now + _MARGIN)
        try:
            if kept is not None:
                return ask(kept)
        except TokenRefused:
            pass
        try:
            return ask(self._mint(installation, key, now))
        except TokenRefused as refused:
            raise Unreachable("GitHub refuses the App") from refused

    def _mint(self, installation: int, key: str, now: datetime) -> str:
        import jwt

        claims = {"iss": str(self._settings.app_id), "iat": now - _BACKDATED, "exp": now + _PROOF}
        try:
            proof = jwt.encode(claims, self._settings.private_key, algorithm="RS256")
        except (ValueError, TypeError, jwt.PyJWTError) as trouble:
            raise Unreachable("GITHUB_PRIVATE_KEY is no private key in PEM form") from trouble
        made = self._people.post(f"/app/installations/{installation}/access_tokens", proof, {"permissions": _MAY})
        if not made:
            raise _NotInstalled
        token, until = made.get("token"), made.get("expires_at")
        if not isinstance(token, str) or not isinstance(until, str):
            raise Unreachable("GitHub gave the App no token for this installation")
        self._tokens.put(key, token, datetime.fromisoformat(until))
        return token
