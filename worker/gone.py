"""A repository that was taken from us, or is back. Everything of it stops being served and deployed; nothing is
forgotten, and what was live is started again when it returns."""

from __future__ import annotations

from tidegate import preview, wording
from tidegate.deployment import Trigger
from tidegate.events import RepositorySeen
from tidegate.repository import Environment, Repository, TimelineEntry
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
    """All of it is marked first, so that trouble with one keeps none of the others."""
    theirs = [each for each in parts.store.repositories.all() if each.installation_id == installation_id]
    for repository in theirs:
        _mark(parts, repository, reason)
    for repository in theirs:
        stop_all(parts, repository.id)


def taken(parts: Parts, repository_id: int, reason: str) -> None:
    """Doing it twice does it once. Raises Unavailable where the router is down; the sweep comes again."""
    repository = parts.store.repositories.get(repository_id)
    if repository is None:
        return
    _mark(parts, repository, reason)
    stop_all(parts, repository_id)


def _mark(parts: Parts, repository: Repository, reason: str) -> None:
    if not repository.gone:
        parts.store.repositories.gone(repository.id, reason, parts.clock.now())
        _tell(parts, repository, "repository-gone", reason)


def stop_all(parts: Parts, repository_id: int) -> None:
    """Of a repository that is gone."""
    repository = parts.store.repositories.get(repository_id)
    places = parts.store.environments.of_repository(repository_id)
    for place in places:
        stop(parts, place.service_id, place.name, (repository and repository.gone) or "", "tidegate")
    if places:
        parts.router.apply(lambda: current_table(parts))


def returned(parts: Parts, repository: Repository) -> None:
    """GitHub lists it: what was live here when it went is started again, as it was. Each place remembers that by
    itself, so a kill in the middle leaves the rest to the next sweep."""
    if parts.store.repositories.back(repository.id, parts.clock.now()):
        _tell(parts, repository, "repository-back", wording.REPOSITORY_BACK)
    for place in parts.store.environments.of_repository(repository.id):
        source = parts.store.deployments.get(place.stopped) if place.stopped else None
        if source is not None:
            if _is_wanted(parts, repository, place):
                again = NewDeployment.again(source, Trigger.RESTART, "tidegate", wording.REPOSITORY_BACK)
                lane.enqueue(parts, again)
            parts.store.environments.started(place.service_id, place.name)


def _is_wanted(parts: Parts, repository: Repository, place: Environment) -> bool:
    """Not where a push was quicker, nor in a preview or of a service that is being removed."""
    number, deployments = preview.number_of(place.name), parts.store.deployments
    record = parts.store.previews.get(repository.id, number) if number is not None else None
    return not (
        place.removed is not None
        or (record is not None and record.absent is not None)
        or deployments.pending(place.service_id, place.name)
        or deployments.active(place.service_id, place.name)
        or deployments.live(place.service_id, place.name)
    )


def _tell(parts: Parts, repository: Repository, kind: str, text: str) -> None:
    parts.store.timeline.add(TimelineEntry(parts.clock.now(), kind, text, "tidegate", repository.id))
