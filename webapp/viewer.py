"""Who is behind a request: what of the store they may see, which is what GitHub lets them read, and what they may do
with it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus

from flask import g, request

from tidegate import permission, wording
from tidegate.apitoken import ApiToken, beyond
from tidegate.audit import About, Asked, Via
from tidegate.deployment import Deployment
from tidegate.permission import NEEDED, Action, Permission
from tidegate.repository import Repository, Service
from tidegate.store import Store
from webapp.asker import OPERATORS, Asker, Operator, Program, SignedIn, operator
from webapp.commits import Candidate, latest
from webapp.parts import parts
from webapp.problem import Problem
from webapp.rights import Person

_NO_PART = (
    "`before` is the `next` of the part before, and names no deployment; that one may have been removed. "
    "Leave it out to begin with the newest."
)


@dataclass(frozen=True)
class Viewer:
    """Whatever they may not see is as good as absent: the same 404. Every method may raise as an Asker's."""

    asker: Asker
    store: Store

    @property
    def login(self) -> str:
        """In whose name it is done."""
        return self.asker.login

    def repository(self, repository_id: int) -> Repository:
        """Raises Problem."""
        found = self.store.repositories.get(repository_id)
        if found is None or not permission.allowed(Action.SEE, self.asker.of(found)):
            raise _absent()
        return found

    def deployment(self, deployment_id: str) -> tuple[Deployment, Repository]:
        """Raises Problem."""
        found = self.store.deployments.get(deployment_id)
        if found is None:
            raise _absent()
        return found, self.repository(found.repository_id)

    def service(self, service_id: int) -> tuple[Service, Repository]:
        """Raises Problem."""
        found = self.store.services.get(service_id)
        if found is None:
            raise _absent()
        return found, self.repository(found.repository_id)

    def repositories(self) -> list[Repository]:
        """That they work in, by name."""
        given = self._given()
        return [each for each in self.store.repositories.all() if each.id in given and each.gone is None]

    def given(self) -> set[int]:
        """Ids of the repositories that they work in: what anybody may read is found by its address only."""
        return set(self._given())

    def deployments(
        self, before: str | None, limit: int, service_id: int | None
    ) -> tuple[list[Deployment], str | None]:
        """Newest first, of a service or of all repositories that they work in; and the id to go on from, if any.

        Raises Problem where there is no such service, or where `before` is no such id: an empty list would say that
        nothing older is there.
        """
        if service_id is not None:
            self.service(service_id)
        if before is not None and self.store.deployments.get(before) is None:
            raise Problem(HTTPStatus.BAD_REQUEST, _NO_PART)
        of = self._given() if service_id is None else None
        found = self.store.deployments.page(before, limit + 1, service_id, of)
        return found[:limit], found[limit - 1].id if len(found) > limit else None

    @property
    def key(self) -> str:
        """Tells askers apart: what one has asked is nobody else's."""
        return f"token {self.asker.token.id}" if isinstance(self.asker, Program) else f"person {self.person().id}"

    def person(self) -> Person:
        """Who signed in, for what no token may do. Raises Problem."""
        if not isinstance(self.asker, SignedIn):
            raise Problem(HTTPStatus.FORBIDDEN, f"This takes no token: sign in at {parts().settings.url}/tokens.")
        return self.asker.person

    def asks(self, action: str, about: About, detail: str = "") -> Asked:
        """For the audit log."""
        if isinstance(self.asker, Operator):
            return Asked(datetime.now(UTC), self.login, Via.COMMAND, action, detail, about)
        token = self.asker.token if isinstance(self.asker, Program) else None
        by_api = Via.API if request.path.startswith("/api/") else Via.PAGE
        named = f"{token.terms.name} ({token.id})" if token else None
        return Asked(datetime.now(UTC), self.login, Via.TOKEN if token else by_api, action, detail, about, named)

    def may(self, action: Action, repository: Repository) -> bool:
        """As of the last minute: for what a page offers."""
        return permission.allowed(action, self.asker.of(repository))

    def demand(self, action: Action, repository: Repository) -> None:
        """As of now: for what is about to be done. Raises Problem."""
        if permission.allowed(action, self.asker.now(repository)):
            return
        if isinstance(self.asker, Program) and not permission.allowed(action, self.asker.token.most):
            raise Problem(HTTPStatus.FORBIDDEN, beyond(self.asker.token, action))
        refusal = wording.not_permitted(self.login, action, NEEDED[action].name.lower())
        raise Problem(HTTPStatus.FORBIDDEN, f"{refusal} {repository.full_name}.")

    def commits(self, repository: Repository, branch: str) -> list[Candidate]:
        """The latest of a branch, asked of GitHub anew."""
        made = parts()
        return self.asker.read(
            repository, lambda token: latest(made.people, token, repository, branch, made.settings.github.app_id)
        )

    def may_hosts(self, *, anew: bool = False) -> bool:
        """Whether it is theirs to say what the Docker hosts take: as of the last minute, for what a page offers; or
        `anew`, for what is about to be done."""
        return self.asker.everywhere(anew=anew)

    def audited(self) -> Collection[int] | None:
        """Ids of the repositories whose audit log they may see; None: all, and what is about none."""
        if isinstance(self.asker, Program) and self.asker.token.sees_all:
            return None
        return self.where(Action.AUDIT)

    def where(self, action: Action) -> set[int]:
        """Ids of the repositories that they work in and may do it in, as of the last minute."""
        return {number for number, held in self._given().items() if permission.allowed(action, held)}

    def _given(self) -> Mapping[int, Permission]:
        return self.asker.given()


def viewer() -> Viewer:
    """Of this request; raises Problem where nobody is signed in and no token is told, or one that opens nothing."""
    if "viewer" not in g:
        g.viewer = Viewer(_asker(), parts().store)
    found = g.viewer
    assert isinstance(found, Viewer)
    return found


def _asker() -> Asker:
    """A token that is told counts, whoever is signed in besides."""
    made = parts()
    if OPERATORS in request.environ:
        return operator(made.token_rights, made.store)
    told = request.headers.get("Authorization")
    if told is not None:
        return Program(_token(told), made.token_rights, made.store)
    person = made.sessions.person()
    if person is None:
        detail = f"Sign in with GitHub first, at {made.settings.url}/login; or send a token."
        raise Problem(HTTPStatus.UNAUTHORIZED, detail, {"WWW-Authenticate": 'Bearer realm="Tidegate"'})
    return SignedIn(person, made.rights, made.store)


def _token(told: str) -> ApiToken:
    """https://www.rfc-editor.org/rfc/rfc6750#section-2.1"""
    scheme, _, text = told.partition(" ")
    now, tokens = datetime.now(UTC), parts().store.api_tokens
    found = tokens.find(text.strip(), now) if scheme.lower() == "bearer" else None
    if found is None:
        site = parts().settings.url
        detail = f"This token opens nothing: it has expired, was revoked, or never was. See {site}/tokens."
        challenge = 'Bearer realm="Tidegate", error="invalid_token"'
        raise Problem(HTTPStatus.UNAUTHORIZED, detail, {"WWW-Authenticate": challenge})
    tokens.used(found, now)
    return found


def _absent() -> Problem:
    return Problem(HTTPStatus.NOT_FOUND, "There is no such thing, or GitHub does not let you read its repository.")
