"""A deployment that somebody else made at GitHub, for an environment that we serve: carried out, and reported on."""

from __future__ import annotations

from tidegate import preview, wording
from tidegate.audit import About, Via
from tidegate.deployment import Fault, Status, Trigger
from tidegate.events import DeploymentRequested
from tidegate.facts import Commit
from tidegate.permission import Action
from tidegate.repository import PRODUCTION, Repository, Service, TimelineEntry
from tidegate.store import NewDeployment
from worker import allowed, deployfile
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
        _tell(parts, event, service, environment)
        return
    commit = parts.github.commit(repository, event.sha)
    definition = deployfile.read(parts.github.deploy_file(repository, event.sha)).service(service.name)
    if definition is None:
        _fail(parts, event, place, commit)
        return
    about = About(repository.id, service.name, environment)
    allowed.record(parts, event.creator, Via.DEPLOYMENT, Action.DEPLOY, about, event.ref)
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
    """A preview must be there, and a fork's commit approved; to production such a one comes by being merged."""
    number = preview.number_of(environment)
    if number is None:
        return parts.github.holds(repository, sha)
    record = parts.store.previews.get(repository.id, number)
    return record is not None and record.absent is None and (not record.fork or record.approved_sha == sha)


def _fail(parts: Parts, event: DeploymentRequested, place: tuple[Service, str], commit: Commit) -> None:
    """Its creator waits for an answer at that deployment."""
    service, environment = place
    failed = NewDeployment(
        repository_id=event.repository_id,
        service_id=service.id,
        service=service.name,
        environment=environment,
        sha=commit.sha,
        branch=event.ref,
        message=commit.message,
        author=commit.author,
        trigger=Trigger.DEPLOYMENT,
        actor=event.creator,
        status=Status.FAILED,
        reason=wording.not_in_deploy_file(service.name),
        fault=Fault.USER,
        tree=commit.tree,
        definition=service.definition,
        github_deployment=event.github_deployment,
    )
    parts.store.deployments.create(failed, parts.clock.now())
    parts.bell.report()


def _tell(parts: Parts, event: DeploymentRequested, service: Service, environment: str) -> None:
    """On the timeline alone: at the commit the Approve button stays what its check run shows."""
    parts.store.timeline.add(
        TimelineEntry(
            parts.clock.now(),
            f"{Trigger.DEPLOYMENT}-refused",
            wording.DEPLOYMENT_REFUSED,
            event.creator,
            event.repository_id,
            service.name,
            environment,
            sha=event.sha,
        )
    )
