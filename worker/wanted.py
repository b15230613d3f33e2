"""What somebody wants deployed by hand, a hook's caller or a person: the commit that they mean, and what its own deploy
file says of the service."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus

from tidegate import wording
from tidegate.blueprint import Service as Definition
from tidegate.facts import Commit
from tidegate.markdown import sentence
from tidegate.repository import Repository, Service
from worker import deployfile
from worker.answering import Told
from worker.parts import Parts
from worker.ports import Refused


class NotToBeHad(Exception):
    """What is wanted can't be deployed. `status` is HTTP's number, the message says what to do."""

    def __init__(self, status: HTTPStatus, detail: str) -> None:
        super().__init__(detail)
        self.status = status


def told(carry_out: Callable[[], Told]) -> Told:
    """The same, with what can't be had, or is refused, told as its answer."""
    try:
        return carry_out()
    except NotToBeHad as no:
        return no.status, {"detail": str(no)}
    except Refused as refusal:
        return HTTPStatus.BAD_REQUEST, {"detail": str(refusal)}


def repository(parts: Parts, repository_id: int) -> Repository:
    """Of which something is wanted. Raises NotToBeHad."""
    found = parts.store.repositories.get(repository_id)
    if found is None:
        raise NotToBeHad(HTTPStatus.NOT_FOUND, "There is no such repository any more.")
    if found.gone:
        raise NotToBeHad(HTTPStatus.CONFLICT, f"Nothing of {found.full_name} is deployed: {found.gone}.")
    return found


def place(parts: Parts, repository_id: int, service_id: int) -> tuple[Repository, Service]:
    """Where something is wanted. Raises NotToBeHad."""
    service = parts.store.services.get(service_id)
    if service is None:
        raise NotToBeHad(HTTPStatus.NOT_FOUND, "There is no such service any more.")
    return repository(parts, repository_id), service


def latest(parts: Parts, repository: Repository, service: Service) -> tuple[Commit, str]:
    """The linked branch's latest commit, and the branch. Raises NotToBeHad."""
    branch = Definition.load(service.definition).linked_branch(repository.default_branch)
    commit = parts.github.branch_head(repository, branch)
    if commit is None:
        raise NotToBeHad(HTTPStatus.NOT_FOUND, f"{sentence(wording.no_such_ref(branch))}.")
    return commit, branch


def named(parts: Parts, repository: Repository, ref: str) -> Commit:
    """By a branch, a tag, or a SHA, whole or short. Raises NotToBeHad, for a fork's commit as well: what strangers push
    is deployed by being merged, and in no other way."""
    commit = parts.github.resolve(repository, ref)
    if commit is None:
        raise NotToBeHad(HTTPStatus.NOT_FOUND, f"{sentence(wording.no_such_ref(ref))}.")
    if not parts.github.holds(repository, commit.sha):
        detail = sentence(wording.not_of_repository(commit.sha, repository.full_name))
        raise NotToBeHad(HTTPStatus.NOT_FOUND, f"{detail}.")
    return commit


def definition(parts: Parts, repository: Repository, service: Service, sha: str) -> Definition:
    """As of that commit. Raises NotToBeHad."""
    file = deployfile.read(parts.github.deploy_file(repository, sha))
    if file.findings:
        detail = f"At {sha[:7]}, {wording.broken_deploy_file(len(file.findings))}."
        raise NotToBeHad(HTTPStatus.CONFLICT, detail)
    found = file.service(service.name)
    if found is None:
        raise NotToBeHad(HTTPStatus.NOT_FOUND, f"At {sha[:7]}, the deploy file has no service `{service.name}`.")
    return found
