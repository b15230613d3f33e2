"""The person behind a request: what of the store they may see, which is what GitHub lets them read, and what they may
do with it."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus

from flask import g

from tidegate import permission, wording
from tidegate.deployment import Deployment
from tidegate.permission import NEEDED, Action, Permission
from tidegate.repository import Repository, Service
from tidegate.store import Store
from webapp.parts import parts
from webapp.problem import Problem
from webapp.rights import Person, Rights


@dataclass(frozen=True)
class Viewer:
    """Whatever they may not see is as good as absent: the same 404. Every method may raise as Rights.of does."""

    person: Person
    store: Store
    rights: Rights

    def repository(self, repository_id: int) -> Repository:
        """Raises Problem."""
        found = self.store.repositories.get(repository_id)
        if found is None or not permission.allowed(Action.SEE, self.rights.of(self.person, found)):
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

    def services(self) -> list[Service]:
        """Of the repositories that they work in: what anybody may read is found by its address only."""
        given = self._given()
        return [each for each in self.store.services.all() if each.repository_id in given]

    def deployments(
        self, before: str | None, limit: int, service_id: int | None
    ) -> tuple[list[Deployment], str | None]:
        """Newest first, of a service or of all repositories that they work in; and the id to go on from, if any.

        Raises Problem where there is no such service.
        """
        if service_id is not None:
            self.service(service_id)
        of = self._given() if service_id is None else None
        found = self.store.deployments.page(before, limit + 1, service_id, of)
        return found[:limit], found[limit - 1].id if len(found) > limit else None

    def may(self, action: Action, repository: Repository) -> bool:
        """As of the last minute: for what a page offers."""
        return permission.allowed(action, self.rights.of(self.person, repository))

    def demand(self, action: Action, repository: Repository) -> None:
        """As of now: for what is about to be done. Raises Problem."""
        if not permission.allowed(action, self.rights.now(self.person, repository)):
            refusal = wording.not_permitted(self.person.login, action, NEEDED[action].name.lower())
            raise Problem(HTTPStatus.FORBIDDEN, f"{refusal} {repository.full_name}.")

    def _given(self) -> dict[int, Permission]:
        return self.rights.given(self.person, self.store.repositories.installations())


def viewer() -> Viewer:
    """Of this request; raises Problem where nobody is signed in."""
    if "viewer" not in g:
        person = parts().sessions.person()
        if person is None:
            raise Problem(HTTPStatus.UNAUTHORIZED, f"Sign in with GitHub first, at {parts().settings.url}/login.")
        g.viewer = Viewer(person, parts().store, parts().rights)
    found = g.viewer
    assert isinstance(found, Viewer)
    return found


def _absent() -> Problem:
    return Problem(HTTPStatus.NOT_FOUND, "There is no such thing, or GitHub does not let you read its repository.")
