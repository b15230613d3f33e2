"""A variable was changed: what is live is deployed again with it, the same commit from the same image."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from http import HTTPStatus

from tidegate import overlap, wording
from tidegate.blueprint import Service as Definition
from tidegate.deployment import Deployment, Status, Trigger
from tidegate.events import VariableChanged
from tidegate.permission import Action
from tidegate.store import NewDeployment
from worker import allowed, answering, asked, lane
from worker.answering import Told
from worker.asked import Ask
from worker.parts import Parts


def answer(parts: Parts, event: VariableChanged) -> None:
    """Of the API: answered once. Its value is in the store by now, and counts for whatever is deployed next."""
    answering.once(parts, event.request_id, lambda: _carry_out(parts, event))


def rebased(parts: Parts, deployment_id: str) -> bool:
    """Whether a config deployment, whose turn it is, makes room for one of what is live: it came behind a deploy that
    then failed or was canceled, and nobody wants that one's commit by way of a variable."""
    row = parts.store.deployments.get(deployment_id)
    if row is None or row.trigger is not Trigger.CONFIG or row.status is not Status.QUEUED:
        return False
    live = parts.store.deployments.live(row.service_id, row.environment)
    if live is None or live.sha == row.sha or not _gave_up(parts, row):
        return False
    again = NewDeployment.again(live, Trigger.CONFIG, row.actor, row.reason)
    lane.enqueue(parts, replace(again, snapshot_of=None))
    return True


def _gave_up(parts: Parts, row: Deployment) -> bool:
    """Whether the last deploy of the row's commit in its lane didn't come live."""
    rows = parts.store.deployments.of_commit(row.repository_id, row.sha)
    place = (row.service_id, row.environment)
    others = (each for each in rows if (each.service_id, each.environment) == place)
    last = next((each for each in others if each.trigger is not Trigger.CONFIG), None)
    return last is not None and last.status in {Status.FAILED, Status.CANCELED}


def _carry_out(parts: Parts, event: VariableChanged) -> Told:
    repository = parts.store.repositories.get(event.repository_id)
    if repository is None or repository.gone:
        return HTTPStatus.CONFLICT, {"detail": wording.CONFIG_OF_NOTHING}
    if not allowed.check(parts, repository, event.actor, Action.VARIABLES, event.environment):
        return HTTPStatus.FORBIDDEN, {"detail": allowed.refusal(event.actor, Action.VARIABLES)}
    ask = Ask(Trigger.CONFIG, event.actor)
    made = []
    for base in _bases(parts, event):
        if overlap.takes_todays(base) and base.status is Status.QUEUED:
            made.append(base)  # it has not begun, and will have it
        else:
            again = NewDeployment.again(
                base, Trigger.CONFIG, event.actor, wording.configured_by(event.actor, event.names)
            )
            made.append(asked.enqueue(parts, ask, replace(again, snapshot_of=None)))
    held = next((each.reason for each in made if each.status is Status.SKIPPED), None)
    detail = held or (wording.CONFIG_UNDER_WAY if made else wording.CONFIG_OF_NOTHING)
    return HTTPStatus.OK, {"detail": detail, "deployments": [each.id for each in made]}


def _bases(parts: Parts, event: VariableChanged) -> Iterator[Deployment]:
    """Of the service, and of those that have one of the variables from it."""
    for place in parts.store.environments.of_repository(event.repository_id, event.environment):
        base = _base(parts, place.service_id, place.name)
        if base is not None and (place.service_id == event.service_id or _has(parts, base, event)):
            yield base


def _base(parts: Parts, service_id: int, environment: str) -> Deployment | None:
    """What is to be live next, or is. What waits for checks may never be, and has today's variables if it is."""
    deployments = parts.store.deployments
    active = deployments.active(service_id, environment)
    queued = overlap.next_to_start(deployments.pending(service_id, environment), None)
    return queued or active or deployments.live(service_id, environment)


def _has(parts: Parts, base: Deployment, event: VariableChanged) -> bool:
    service = parts.store.services.get(event.service_id)
    assert service is not None
    variables = Definition.load(base.definition or {}).env_vars
    return any(each.service == service.name and each.key in event.names for one in variables for each in one.origins)
