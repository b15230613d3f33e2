"""A variable was changed: what is live is deployed again with it, the same commit from the same image; unless it runs
with it already, which is judged by what it was started with and not by what the store had before: whoever sets a value
again may do so since it never came live."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from http import HTTPStatus

from tidegate import overlap, wording
from tidegate.blueprint import Service as Definition
from tidegate.deployment import Deployment, Status, Trigger
from tidegate.events import VariableChanged
from tidegate.permission import Action
from tidegate.store import NewDeployment
from worker import allowed, answering, asked, lane, variables
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
    made, bases = [], list(_bases(parts, event))
    for base, names in bases:
        if overlap.takes_todays(base) and base.status is Status.QUEUED:
            made.append(base)  # it has not begun, and will have it
        elif variables.outdated(parts, base, names):
            again = NewDeployment.again(
                base, Trigger.CONFIG, event.actor, wording.configured_by(event.actor, event.names)
            )
            made.append(asked.enqueue(parts, ask, replace(again, snapshot_of=None)))
    return HTTPStatus.OK, {
        "detail": _told(event, made, any_live=bool(bases)),
        "deployments": [each.id for each in made],
    }


def _told(event: VariableChanged, made: Sequence[Deployment], *, any_live: bool) -> str:
    held = next((each.reason for each in made if each.status is Status.SKIPPED), None)
    if made:
        return held or wording.config_under_way(removed=event.removed)
    if any_live:
        return wording.config_unchanged(removed=event.removed)
    return wording.CONFIG_OF_NOTHING_REMOVED if event.removed else wording.CONFIG_OF_NOTHING


def _bases(parts: Parts, event: VariableChanged) -> Iterator[tuple[Deployment, frozenset[str]]]:
    """Of the service, and of those that have one of the variables from it; each with its variables that are meant."""
    service = parts.store.services.get(event.service_id)
    if service is None:
        return  # it was removed meanwhile
    for place in parts.store.environments.of_repository(event.repository_id, event.environment):
        base = _base(parts, place.service_id, place.name)
        if base is not None:
            own = event.names if place.service_id == service.id else ()
            names = _having(base, service.name, event.names).union(own)
            if names:
                yield base, names


def _base(parts: Parts, service_id: int, environment: str) -> Deployment | None:
    """What is to be live next, or is. What waits for checks may never be, and has today's variables if it is."""
    deployments = parts.store.deployments
    active = deployments.active(service_id, environment)
    queued = overlap.next_to_start(deployments.pending(service_id, environment), None)
    return queued or active or deployments.live(service_id, environment)


def _having(base: Deployment, service: str, names: Collection[str]) -> frozenset[str]:
    """Its variables that have their values from these of that service."""
    return frozenset(
        one.key
        for one in Definition.load(base.definition or {}).env_vars
        if any(each.service == service and each.key in names for each in one.origins)
    )
