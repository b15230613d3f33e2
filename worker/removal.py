"""Removes a preview, whole: containers, routes, images, network, disks, variables. By the pull request's number."""

from __future__ import annotations

from dataclasses import replace
from operator import methodcaller

import structlog

from tidegate.blueprint import Service as Definition
from tidegate.container import network_name
from tidegate.deployment import Deployment
from tidegate.disk import volumes_of
from tidegate.preview import Preview
from tidegate.repository import Repository, TimelineEntry
from worker.image_lease import ImageLease
from worker.parts import Parts
from worker.ports import Engine, Refused, Unavailable
from worker.recipe import recipe
from worker.stop import stop
from worker.switch import current_table
from worker.variables import todays

log = structlog.get_logger(__name__)


def remove(parts: Parts, repository: Repository, record: Preview, reason: str, actor: str) -> None:
    """From now on it is absent, for `reason`; what takes longer is finished by the sweep."""
    parts.store.previews.save(replace(record, absent=reason))
    if record.absent is None:
        text = f"the preview of #{record.number} was removed: {reason}"
        parts.store.timeline.add(
            TimelineEntry(
                parts.clock.now(), "preview-removed", text, actor, repository.id, environment=record.environment
            )
        )
    parts.store.previews.touch(repository.id, record.number)
    parts.bell.report()
    try:
        clear(parts, repository, record, reason, actor)
    except Unavailable as trouble:
        log.warning("left to the sweep", repository=repository.full_name, preview=record.number, trouble=str(trouble))


def clear(parts: Parts, repository: Repository, record: Preview, reason: str = "", actor: str = "tidegate") -> bool:
    """Takes away what is left of a preview that is absent; True once nothing is. Raises Unavailable where the host is
    down: the sweep comes again."""
    store, name, number = parts.store, record.environment, record.repository_id
    places = store.environments.of_repository(number, name)
    if not places:
        return True
    stopped = [stop(parts, place.service_id, name, reason or record.absent or "", actor) for place in places]
    for place in places:
        store.environments.started(place.service_id, name)  # nothing of it is to be started again
    parts.router.apply(lambda: current_table(parts))
    if not all(stopped):
        return False
    _remove_images(parts, repository, record)
    parts.hosts.each(lambda engine: engine.remove_network(network_name(number, name)))
    parts.hosts.each(lambda engine: _remove_disks(engine, number, name))
    for place in places:
        store.variables.delete_environment(place.service_id, name)
        store.snapshots.delete_environment(place.service_id, name)
        store.schedules.forget(place.service_id, name)
        store.environments.remove(place.service_id, name)
    store.group_variables.delete_environment(number, name)
    parts.router.apply(lambda: current_table(parts))  # its host names are unknown from now on
    return True


def _remove_disks(engine: Engine, repository_id: int, environment: str) -> None:
    for volume in volumes_of(engine.held_volumes(), repository_id, environment):
        engine.remove_volume(volume)


def _remove_images(parts: Parts, repository: Repository, record: Preview) -> None:
    """Those that nobody else's deployment needs: production runs the same image where its tree is the same."""
    rows = parts.store.deployments.of_environment(record.repository_id, record.environment, limit=1000)
    images = {image for row in rows if (image := row.image or _ahead(parts, repository, row)) is not None}
    kept = parts.store.deployments.images_in_use(images, record.repository_id, record.environment)
    for image in sorted(images - kept):
        with ImageLease(parts, image, f"{parts.owner}-{record.environment}-removal") as lease:
            if not lease.mine:
                raise Unavailable(f"{image} is being built")
            parts.hosts.each(methodcaller("remove_image", image))


def _ahead(parts: Parts, repository: Repository, row: Deployment) -> str | None:
    """What was built ahead for a row that never came to be rolled out. Nobody has noted it, but its name is told by
    what goes into it; a commit that GitHub shows no more has none to tell."""
    if not row.gated or not row.definition:
        return None
    try:
        return recipe(parts, repository, row, Definition.load(row.definition), todays(parts, row)).image
    except Refused:
        return None
