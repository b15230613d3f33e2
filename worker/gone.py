"""A repository that was taken from us, or is back. Everything of it stops being served and deployed; nothing is
forgotten, and what was live is started again when it returns."""

from __future__ import annotations

from tidegate import wording
from tidegate.deployment import Status, Trigger
from tidegate.events import RepositorySeen
from tidegate.repository import Repository, TimelineEntry
from tidegate.store import NewDeployment
from worker import lane
from worker.parts import Parts
from worker.stop import stop
from worker.switch import current_table


def seen(parts: Parts, event: RepositorySeen) -> None:
    """What it is called now. One that is gone is not back by that: deliveries come late, so GitHub is asked."""
    repository = parts.store.repositories.see(event, parts.clock.now())
    if repository.gone:
        parts.bell.catch_up()


def installation_taken(parts: Parts, installation_id: int, reason: str) -> None:
    for repository in parts.store.repositories.all():
        if repository.installation_id == installation_id:
            taken(parts, repository.id, reason)


def taken(parts: Parts, repository_id: int, reason: str) -> None:
    """Doing it twice does it once. Raises Unavailable where the router is down; the sweep comes again."""
    repository = parts.store.repositories.get(repository_id)
    if repository is None:
        return
    if not repository.gone:
        parts.store.repositories.gone(repository_id, reason, parts.clock.now())
        _tell(parts, repository, "repository-gone", reason)
    stop_all(parts, repository_id)


def stop_all(parts: Parts, repository_id: int) -> None:
    """Of a repository that is gone."""
    repository = parts.store.repositories.get(repository_id)
    places = parts.store.environments.of_repository(repository_id)
    for place in places:
        stop(parts, place.service_id, place.name, (repository and repository.gone) or "", "tidegate")
    if places:
        parts.router.apply(lambda: current_table(parts))


def returned(parts: Parts, repository: Repository) -> None:
    """GitHub lists it again: what was live here when it went is started again, as it was."""
    if parts.store.repositories.back(repository.id, parts.clock.now()):
        _tell(parts, repository, "repository-back", wording.REPOSITORY_BACK)
    for place in parts.store.environments.of_repository(repository.id):
        source = parts.store.deployments.get(place.stopped) if place.stopped else None
        if source is None:
            continue
        lane.enqueue(
            parts,
            NewDeployment(
                repository_id=source.repository_id,
                service_id=source.service_id,
                service=source.service,
                environment=source.environment,
                sha=source.sha,
                branch=source.branch,
                message=source.message,
                author=source.author,
                trigger=Trigger.RESTART,
                actor="tidegate",
                status=Status.QUEUED,
                reason=wording.REPOSITORY_BACK,
                tree=source.tree,
                definition=source.definition,
                build_key=source.build_key,
                image=source.image,
                image_id=source.image_id,
            ),
        )
        parts.store.environments.started(place.service_id, place.name)


def _tell(parts: Parts, repository: Repository, kind: str, text: str) -> None:
    parts.store.timeline.add(TimelineEntry(parts.clock.now(), kind, text, "tidegate", repository.id))
