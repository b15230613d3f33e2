"""The disks of a service that is removed by hand: which there are, and how they go where that was asked."""

from __future__ import annotations

from dataclasses import dataclass

import structlog

from tidegate import disk
from tidegate.repository import Environment, Service, TimelineEntry
from worker.parts import Parts
from worker.ports import Engine, Unavailable

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Held:
    """A disk's volume, in an environment, on a host; None: whatever there is, since that host is away."""

    environment: str
    volume: str | None
    host: str

    @property
    def told(self) -> str:
        if self.volume is None:
            return disk.told_unseen(self.host)
        return disk.told(self.volume, self.host)


def held(parts: Parts, service: Service) -> list[Held]:
    """Those that the service has or had."""
    found: list[Held] = []
    away: list[str] = []
    for engine in parts.hosts:
        try:
            names = disk.volumes_of_service(engine.held_volumes(), service.repository_id, service.name)
        except Unavailable as trouble:
            log.warning("its disks can't be listed", host=engine.name, trouble=str(trouble))
            away.append(engine.name)
        else:
            found += [Held(environment, volume, engine.name) for environment, volume in names]
    unseen = parts.store.history.with_disk(service.id, away) if away else set()
    over = _over(parts, service) if unseen else set()
    return found + [Held(place, None, host) for place, host in sorted(unseen) if place not in over]


def _over(parts: Parts, service: Service) -> set[str]:
    """The environments of previews that are gone, and their disks with them, on all hosts."""
    there = {each.name for each in parts.store.environments.of_service(service.id)}
    previews = parts.store.previews.of_repository(service.repository_id)
    return {each.environment for each in previews if each.absent is not None} - there


def gone(parts: Parts, place: Environment) -> bool:
    """Removes the disks of a place of which nothing runs any more, where that was asked and as long as nobody deploys
    there again. False: the sweep comes again, since a host is away or still has a container with one."""
    service = parts.store.services.get(place.service_id)
    if not place.disks_go or service is None:
        return True
    try:
        parts.hosts.each(lambda engine: _remove(parts, engine, service, place.name))
    except Unavailable as trouble:
        log.warning("left to the sweep", service=service.name, environment=place.name, trouble=str(trouble))
        return False
    return True


def _remove(parts: Parts, engine: Engine, service: Service, environment: str) -> None:
    held = disk.volumes_of_service(engine.held_volumes(), service.repository_id, service.name)
    for volume in (volume for place, volume in held if place == environment):
        # Asked each time: while a host that was away was waited for, a deploy may have made this one anew.
        now = parts.store.environments.get(service.id, environment)
        if now is None or not now.disks_go:
            return
        if not engine.remove_volume(volume):
            continue  # another worker did, and tells
        text = disk.removed(volume, engine.name)
        at, repository = parts.clock.now(), service.repository_id
        entry = TimelineEntry(at, "disk-removed", text, "tidegate", repository, service.name, environment)
        parts.store.timeline.add(entry)
