"""What somebody orders of one service, by the API or the command: done, and answered once."""

from __future__ import annotations

from http import HTTPStatus

from tidegate import wording
from tidegate.blueprint import Service as Definition
from tidegate.deployment import SERVING, Deployment, Status, Trigger
from tidegate.events import Ordered
from tidegate.markdown import sentence
from tidegate.permission import Action
from tidegate.repository import PRODUCTION, Repository, Service
from worker import allowed, answering, asked, auto_deploy, dismissal, previews, wanted
from worker.answering import Told
from worker.asked import Ask
from worker.hooked import of_image
from worker.parts import Parts
from worker.wanted import NotToBeHad

_AGAIN = {
    Action.REDEPLOY: Trigger.REDEPLOY,
    Action.RESTART: Trigger.RESTART,
    Action.ROLLBACK: Trigger.ROLLBACK,
}


def answer(parts: Parts, event: Ordered) -> None:
    """A repetition of the order's delivery does nothing more. Raises Unavailable: asked again."""
    answering.once(parts, event.request_id, lambda: wanted.told(lambda: _carry_out(parts, event)))


def _carry_out(parts: Parts, event: Ordered) -> Told:
    repository, service = wanted.place(parts, event.repository_id, event.service_id)
    for action in (event.action, *((Action.FORCE,) if event.force else ())):
        if not allowed.check(parts, repository, event.actor, action, event.environment):
            return HTTPStatus.FORBIDDEN, {"detail": f"{allowed.refusal(event.actor, action)}."}
    if event.action is Action.DEPLOY:
        return _deploy(parts, repository, service, event)
    if event.action is Action.APPROVE:
        return HTTPStatus.OK, {"detail": f"{sentence(_approve(parts, repository, service, event))}."}
    if event.action is Action.REMOVE:
        return HTTPStatus.OK, {"detail": f"{sentence(_remove(parts, service, event))}."}
    return _again(parts, repository, service, event)


def _deploy(parts: Parts, repository: Repository, service: Service, event: Ordered) -> Told:
    """A specific commit turns auto-deploy off, as the next push would bring back what was to be left out."""
    if event.environment != PRODUCTION:
        raise NotToBeHad(HTTPStatus.CONFLICT, f"{sentence(wording.PREVIEWS_FOLLOW)}.")
    branch = Definition.load(service.definition).linked_branch(repository.default_branch)
    specific = event.commit if event.commit != branch else None
    if specific is None:
        commit, _ = wanted.latest(parts, repository, service)
    else:
        commit = wanted.named(parts, repository, specific)
        branch = branch if commit.sha.startswith(specific) else specific
    definition = wanted.definition(parts, repository, service, commit.sha)
    if event.image_url is not None:
        definition = of_image(definition, event.image_url)
    ask = Ask(Trigger.MANUAL, event.actor, event.force, event.clear_cache)
    made = asked.deploy(parts, repository, (service, PRODUCTION), commit, branch, definition, ask)
    if specific is None or made.status is Status.SKIPPED:
        return _told(made)
    reason = wording.auto_deploy_off_by_commit(event.actor, commit.sha)
    auto_deploy.turn_off(parts, service, reason, event.actor)
    return _told(made, reason)


def _again(parts: Parts, repository: Repository, service: Service, event: Ordered) -> Told:
    trigger, meant = _AGAIN[event.action], _meant(parts, service, event)
    live = parts.store.deployments.live(service.id, meant.environment if meant else event.environment)
    if trigger is Trigger.ROLLBACK:
        source, back_to = live or meant, _retained(meant, live)
    else:
        source, back_to = meant or live, None
    if source is None:
        raise NotToBeHad(HTTPStatus.CONFLICT, f"{sentence(wording.NOTHING_LIVE)}.")
    ask = Ask(trigger, event.actor, event.force, event.clear_cache, back_to=back_to)
    made = asked.again(parts, repository, source, ask)
    if made is None:
        raise NotToBeHad(HTTPStatus.CONFLICT, f"{sentence(wording.nothing_to(event.action))}.")
    if trigger is Trigger.ROLLBACK and made.status is not Status.SKIPPED and made.environment == PRODUCTION:
        return _told(made, wording.auto_deploy_off_by_rollback(event.actor, made.sha))
    return _told(made)


def _remove(parts: Parts, service: Service, event: Ordered) -> str:
    """The service, or one of its deployments out of the history. Raises NotToBeHad."""
    meant = _meant(parts, service, event)
    told = (
        dismissal.discard(parts, meant, event.actor)
        if meant
        else dismissal.dismiss(parts, service, event.actor, with_disks=event.disks)
    )
    if told is None:
        raise NotToBeHad(HTTPStatus.CONFLICT, f"{sentence(wording.NOT_ENDED if meant else wording.NOTHING_TO_REMOVE)}.")
    return told


def _approve(parts: Parts, repository: Repository, service: Service, event: Ordered) -> str:
    """The commit of the deployment that was named, in its preview. Raises NotToBeHad."""
    meant = _meant(parts, service, event)
    if meant is None or not previews.let_run(parts, repository, meant, event.actor):
        raise NotToBeHad(HTTPStatus.CONFLICT, f"{sentence(wording.NOTHING_TO_APPROVE)}.")
    return wording.approved_by(event.actor)


def _meant(parts: Parts, service: Service, event: Ordered) -> Deployment | None:
    """The deployment that was named; None where none was. Raises NotToBeHad."""
    if event.deployment is None:
        return None
    found = parts.store.deployments.get(event.deployment)
    if found is None or found.service_id != service.id:
        raise NotToBeHad(HTTPStatus.NOT_FOUND, f"{sentence(wording.NOT_OF_SERVICE)}.")
    if event.action is Action.RESTART and found.status not in SERVING:
        raise NotToBeHad(HTTPStatus.CONFLICT, f"{sentence(wording.NOTHING_LIVE)}.")
    return found


def _retained(meant: Deployment | None, live: Deployment | None) -> Deployment | None:
    """What a rollback goes to, where it was named. Raises NotToBeHad."""
    if meant is None:
        return None
    if live is not None and meant.id == live.id:
        raise NotToBeHad(HTTPStatus.CONFLICT, f"{sentence(wording.ALREADY_LIVE)}.")
    if meant.live_at is None or meant.image is None:
        raise NotToBeHad(HTTPStatus.CONFLICT, f"{sentence(wording.NOT_RETAINED)}.")
    return meant


def _told(made: Deployment, more: str = "") -> Told:
    """With `more` that came of it; a freeze has held it where it is skipped."""
    detail = sentence(f"{made.reason}; {more}" if more else made.reason)
    body: dict[str, object] = {"deployment": made.id, "sha": made.sha, "detail": f"{detail}."}
    return (HTTPStatus.CONFLICT if made.status is Status.SKIPPED else HTTPStatus.CREATED), body
