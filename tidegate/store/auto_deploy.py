"""Automatic deploys of a service's production, turned off and on; each time the timeline says by whom and why."""

from __future__ import annotations

from datetime import datetime

from tidegate import wording
from tidegate.repository import PRODUCTION, Service, TimelineEntry
from tidegate.store.store import Store


def turn(store: Store, service: Service, actor: str, at: datetime, *, on: bool, why: str | None = None) -> str:
    """On from the next push; or off, for `why`, until somebody turns it on again. What stands now, as a clause: a
    reason that stood already is kept, since it came first."""
    told = wording.auto_deploy_on(actor) if on else why or wording.auto_deploy_off_by(actor)
    if (service.auto_deploy_off is None) == on:
        return service.auto_deploy_off or wording.AUTO_DEPLOY_IS_ON
    store.services.auto_deploy_off(service.id, None if on else told)
    kind = "auto-deploy-on" if on else "auto-deploy-off"
    store.timeline.add(TimelineEntry(at, kind, told, actor, service.repository_id, service.name, PRODUCTION))
    return told
