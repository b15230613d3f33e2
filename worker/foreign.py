"""A deployment that somebody else made at GitHub, for an environment that we serve: carried out, and reported on."""

from __future__ import annotations

from tidegate import preview, wording
from tidegate.deployment import Trigger
from tidegate.events import DeploymentRequested
from tidegate.repository import PRODUCTION, Repository, Service
from worker import deployfile
from worker.asked import Ask, deploy
from worker.parts import Parts


def requested(parts: Parts, event: DeploymentRequested) -> None:
    """GitHub let its creator make it, so nobody else is asked. A repetition finds what the first has made."""
    repository = parts.store.repositories.get(event.repository_id)
    if repository is None or repository.gone:
        return
    place = _place(parts, repository, event.environment)
    if place is None or parts.store.reports.by_github_deployment(repository.id, event.github_deployment):
        return
    service, environment = place
    if not _may_run(parts, repository, environment, event.sha):
        return
    definition = deployfile.read(parts.github.deploy_file(repository, event.sha)).service(service.name)
    if definition is None:
        return
    commit = parts.github.commit(repository, event.sha)
    ask = Ask(Trigger.DEPLOYMENT, event.creator, github_deployment=event.github_deployment)
    deploy(parts, repository, place, commit, event.ref, definition, ask)


def _place(parts: Parts, repository: Repository, name: str) -> tuple[Service, str] | None:
    """The service and environment that GitHub's environment name stands for, where we serve it."""
    for service in parts.store.services.of_repository(repository.id):
        for environment in [
            PRODUCTION,
            *(each.environment for each in parts.store.previews.of_repository(repository.id)),
        ]:
            if wording.environment_name(service.name, environment) == name:
                return service, environment
    return None


def _may_run(parts: Parts, repository: Repository, environment: str, sha: str) -> bool:
    """A preview must be there, and a fork's commit approved."""
    number = preview.number_of(environment)
    if number is None:
        return True
    record = parts.store.previews.get(repository.id, number)
    return record is not None and record.absent is None and (not record.fork or record.approved_sha == sha)
