"""Freezes and unfreezes what deploys by itself, and says so; what waits or is queued by itself ends with the reason."""

from __future__ import annotations

from http import HTTPStatus

from tidegate import freeze
from tidegate.deployment import Move, Status, Trigger
from tidegate.events import FreezeAsked
from tidegate.freeze import Freeze
from tidegate.permission import Action
from tidegate.repository import Repository, TimelineEntry
from worker import allowed, answering, progress
from worker.answering import Told
from worker.parts import Parts

#: What deploys without anybody having asked for it.
_AUTOMATIC = frozenset({Trigger.PUSH, Trigger.PULL_REQUEST, Trigger.SWEEP})


def answer(parts: Parts, event: FreezeAsked) -> None:
    """Of the API: answered once."""
    answering.once(parts, event.request_id, lambda: _carry_out(parts, event))


def _carry_out(parts: Parts, event: FreezeAsked) -> Told:
    repository = parts.store.repositories.get(event.repository_id)
    if repository is None:
        return HTTPStatus.NOT_FOUND, {"detail": "There is no such repository."}
    if not allowed.check(parts, repository, event.actor, Action.FREEZE):
        return HTTPStatus.FORBIDDEN, {"detail": allowed.refusal(event.actor, Action.FREEZE)}
    if event.reason is None:
        told = unfreeze(parts, repository, event.service, event.environment, event.actor)
    else:
        told = put(parts, repository, event.service, event.environment, event.reason, event.actor)
    return HTTPStatus.OK, {"detail": told}


def put(
    parts: Parts, repository: Repository, service: str | None, environment: str | None, reason: str, actor: str
) -> str:
    """What was done, as a clause."""
    now = parts.clock.now()
    frozen = Freeze(repository.id, service, environment, reason, actor, now)
    parts.store.freezes.put(frozen)
    _tell(parts, repository, service, environment, "freeze-on", freeze.told(frozen), actor)
    for place in parts.store.environments.of_repository(repository.id):
        for row in parts.store.deployments.pending(place.service_id, place.name):
            if row.trigger in _AUTOMATIC and freeze.frozen([frozen], row.service, row.environment) is not None:
                # Not skipped: what a gate has skipped it may open again.
                progress.move_if_legal(parts, row.id, Move(Status.CANCELED, freeze.told(frozen), actor))
    return freeze.told(frozen)


def unfreeze(parts: Parts, repository: Repository, service: str | None, environment: str | None, actor: str) -> str:
    """What was done, as a clause. What was skipped meanwhile stays so: people decide whether they still want it."""
    what = freeze.scope(service, environment)
    if not parts.store.freezes.remove(repository.id, service, environment):
        return f"{what} was not frozen"
    told = f"{what} is no longer frozen; the next push deploys again"
    _tell(parts, repository, service, environment, "freeze-off", told, actor)
    return told


def _tell(
    parts: Parts,
    repository: Repository,
    service: str | None,
    environment: str | None,
    kind: str,
    text: str,
    actor: str,
) -> None:
    parts.store.timeline.add(TimelineEntry(parts.clock.now(), kind, text, actor, repository.id, service, environment))
