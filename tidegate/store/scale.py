"""Scaling is asked for: only what shall be is written; the watcher sees to it."""

from __future__ import annotations

from datetime import datetime

from tidegate import scaling, wording
from tidegate.definition import defined
from tidegate.repository import Service, TimelineEntry
from tidegate.scaling import Scaling
from tidegate.store.store import Store


class Unscalable(Exception):
    """It has no instances. The message says why, as a sentence."""


def scale(store: Store, service: Service, environment: str, count: int, actor: str, at: datetime) -> str | None:
    """What comes of it, as a clause; None where the service has no such environment. `count` is 1 to scaling.MOST.
    Raises Unscalable."""
    place = store.environments.get(service.id, environment)
    if place is None:
        return None
    live = store.deployments.live(service.id, environment)
    definition = (live and live.definition) or service.definition
    known = defined(definition)
    if not known.stays:
        raise Unscalable(wording.unscalable(service.name))
    if count > known.most_instances:
        raise Unscalable(wording.ONE_FOR_A_DISK)
    in_file = known.num_instances
    before = scaling.wanted(in_file, place.scaling, known.most_instances)
    told = wording.scaled(count, before, live=live is not None)
    if count != before:
        deployment, sha = (live.id, live.sha) if live else (None, None)
        entry = TimelineEntry(
            at, "scaled", told, actor, service.repository_id, service.name, environment, deployment, sha
        )
        store.environments.scale(service.id, environment, Scaling(count, in_file), entry)
    return told
