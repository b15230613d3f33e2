"""Automatic deploys of a service's production, turned off and on; each time the timeline says by whom and why."""

from __future__ import annotations

from tidegate import wording
from tidegate.repository import PRODUCTION, Service, TimelineEntry
from worker.parts import Parts


def turn_off(parts: Parts, service: Service, reason: str, actor: str) -> None:
    """Until somebody turns it on again. A reason that stands already is kept: it came first."""
    if service.auto_deploy_off is None:
        parts.store.services.auto_deploy_off(service.id, reason)
        _tell(parts, service, "auto-deploy-off", reason, actor)


def turn_on(parts: Parts, service: Service, actor: str) -> None:
    """Pushes deploy again from the next one on."""
    if service.auto_deploy_off is not None:
        parts.store.services.auto_deploy_off(service.id, None)
        _tell(parts, service, "auto-deploy-on", wording.auto_deploy_on(actor), actor)


def _tell(parts: Parts, service: Service, kind: str, text: str, actor: str) -> None:
    parts.store.timeline.add(
        TimelineEntry(parts.clock.now(), kind, text, actor, service.repository_id, service.name, PRODUCTION)
    )
