"""Automatic deploys of a service's production, turned off and on by what workers do."""

from __future__ import annotations

from tidegate.repository import Service
from tidegate.store import auto_deploy
from worker.parts import Parts


def turn_off(parts: Parts, service: Service, reason: str, actor: str) -> None:
    """Until somebody turns it on again."""
    auto_deploy.turn(parts.store, service, actor, parts.clock.now(), on=False, why=reason)


def turn_on(parts: Parts, service: Service, actor: str) -> None:
    """Pushes deploy again from the next one on."""
    auto_deploy.turn(parts.store, service, actor, parts.clock.now(), on=True)
