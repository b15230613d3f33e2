"""The person behind a request, and what of the store they may see: what GitHub lets them read, and nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus

from flask import g

from tidegate.deployment import Deployment
from tidegate.repository import Repository, Service
from tidegate.store import Store
from webapp.parts import parts
from webapp.people import Right
from webapp.problem import Problem
from webapp.rights import Person, Rights

#: Pages of the store that are gone through to fill one page with what the person may see.
_MOST_PAGES = 20


@dataclass
class Viewer:
    """Whatever they may not see is as good as absent: the same 404. Every method may raise as Rights.of does."""

    person: Person
    store: Store
    rights: Rights

    def __post_init__(self) -> None:
        self._repositories: dict[int, Repository | None] = {}

    def repository(self, repository_id: int) -> Repository:
        """Raises Problem."""
        found = self._readable(repository_id)
        if found is None:
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
        return [each for each in self.store.services.all() if self._readable(each.repository_id)]

    def deployments(
        self, before: str | None, limit: int, service_id: int | None
    ) -> tuple[list[Deployment], str | None]:
        """Newest first, and the id to go on from (`before`), if there may be more."""
        seen: list[Deployment] = []
        for _ in range(_MOST_PAGES):
            rows = self.store.deployments.page(before, limit, service_id)
            for row in rows:
                if len(seen) == limit:
                    return seen, seen[-1].id
                if self._readable(row.repository_id):
                    seen.append(row)
            if len(rows) < limit:
                return seen, None
            before = rows[-1].id
        return seen, before

    def may_change(self, repository: Repository) -> bool:
        return self.rights.of(self.person, repository.full_name) >= Right.WRITE

    def _readable(self, repository_id: int) -> Repository | None:
        if repository_id not in self._repositories:
            found = self.store.repositories.get(repository_id)
            if found is not None and self.rights.of(self.person, found.full_name) < Right.READ:
                found = None
            self._repositories[repository_id] = found
        return self._repositories[repository_id]


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
