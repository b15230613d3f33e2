"""Credentials: an App's JWT is verified, an installation's token is minted, narrowed and runs out.

https://docs.github.com/apps/creating-github-apps/authenticating-with-a-github-app
"""

from __future__ import annotations

import time

import jwt

from standin.records import App, Installation, Json, Token
from standin.refusals import Refusal
from standin.world import MissingError, World

LIFE = 3600.0  # seconds
JWT_LIFE = 600
RANKS = {"read": 1, "write": 2, "admin": 3}


def app_of(world: World, value: str) -> App:
    """The App that signed this JWT, or 401 with GitHub's reason."""
    try:
        claims = jwt.decode(value, options={"verify_signature": False})
    except jwt.PyJWTError:
        raise Refusal(401, "A JSON web token could not be decoded") from None
    try:
        app = world.app(claims.get("iss", ""))
    except MissingError:
        raise Refusal(404, "Integration not found") from None
    _check_times(claims)
    try:
        jwt.decode(value, app.public_key, algorithms=["RS256"], options={"verify_iat": False, "verify_exp": False})
    except jwt.PyJWTError:
        raise Refusal(401, "A JSON web token could not be decoded") from None
    return app


def _check_times(claims: Json) -> None:
    now = time.time()
    begun, ends = claims.get("iat"), claims.get("exp")
    if not isinstance(begun, int) or begun > now:
        what = "must be an Integer representing the time that the assertion was issued"
        raise Refusal(401, f"'Issued at' claim ('iat') {what}")
    if not isinstance(ends, int | float) or ends <= now:
        what = "must be a numeric value representing the future time at which the assertion expires"
        raise Refusal(401, f"'Expiration time' claim ('exp') {what}")
    if ends > now + JWT_LIFE:
        raise Refusal(401, "'Expiration time' claim ('exp') is too far in the future")


def mint(world: World, installation: Installation, body: Json) -> Token:
    """An installation token, narrowed to the repositories and permissions in `body`."""
    if installation.suspended_at is not None:
        raise Refusal(403, "This installation has been suspended")
    permissions = _narrowed(installation, body.get("permissions"))
    chosen = _chosen(world, installation, body)
    return world.add_token(
        "ghs",
        "installation",
        installation.app.bot,
        installation=installation,
        app=installation.app,
        repository_ids=chosen,
        permissions=permissions,
        expires=time.time() + LIFE,
    )


def _narrowed(installation: Installation, wanted: dict[str, str] | None) -> dict[str, str]:
    granted = {"metadata": "read", **installation.permissions}
    if not wanted:
        return granted
    for name, level in wanted.items():
        if RANKS.get(level, 9) > RANKS.get(granted.get(name, ""), 0):
            raise Refusal(422, "The permissions requested are not granted to this installation.")
    return {"metadata": "read", **wanted}


def _chosen(world: World, installation: Installation, body: Json) -> set[int] | None:
    names, numbers = body.get("repositories"), body.get("repository_ids")
    if names is None and numbers is None:
        return None
    covered = {repo.id: repo.name.lower() for repo in world.repos_of(installation)}
    wanted = set(numbers or [])
    for name in names or []:
        wanted.update(number for number, known in covered.items() if known == name.lower())
    missing = wanted - covered.keys() or {name.lower() for name in names or []} - set(covered.values())
    if missing or not wanted:
        what = "There is at least one repository that does not exist or is not accessible to the parent installation."
        raise Refusal(422, what)
    return wanted
