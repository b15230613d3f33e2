"""How the environments of a repository are now, read from what is live there."""

from __future__ import annotations

from dataclasses import dataclass

from tidegate import wellbeing
from tidegate.deployment import Deployment
from tidegate.repository import DEPLOY_FILE, Service
from tidegate.store.store import Store
from tidegate.wellbeing import Wellbeing


@dataclass(frozen=True)
class Member:
    """A service in an environment, with what is live of it there."""

    service: Service
    live: Deployment | None
    wellbeing: Wellbeing


@dataclass(frozen=True)
class Whole:
    """An environment with all of its services, by name."""

    name: str
    wellbeing: Wellbeing
    members: tuple[Member, ...]


def environments(store: Store, repository_id: int, name: str | None = None) -> list[Whole]:
    """All of a repository, by name, or the one of that name."""
    services = {each.id: each for each in store.services.of_repository(repository_id)}
    serving = store.deployments.all_live(repository_id, name)
    there: dict[str, list[Member]] = {}
    for place in store.environments.of_repository(repository_id, name):
        service = services[place.service_id]
        if service.name != DEPLOY_FILE:
            live = serving.get((service.id, place.name))
            there.setdefault(place.name, []).append(Member(service, live, wellbeing.of_service(live)))
    return [_whole(each, members) for each, members in sorted(there.items())]


def _whole(name: str, members: list[Member]) -> Whole:
    together = wellbeing.of_environment({each.service.name: each.wellbeing for each in members})
    return Whole(name, together, tuple(sorted(members, key=lambda each: each.service.name)))
