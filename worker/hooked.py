"""A service's deploy hook was called, and its caller waits for what becomes of it."""

from __future__ import annotations

from http import HTTPStatus

from tidegate import imagename
from tidegate.blueprint import Service as Definition
from tidegate.deployment import Deployment, Status, Trigger
from tidegate.events import HookCalled
from tidegate.repository import PRODUCTION
from tidegate.request import Answer
from worker import wanted
from worker.asked import Ask, deploy
from worker.parts import Parts
from worker.ports import Refused
from worker.wanted import NotToBeHad

ACTOR = "deploy hook"


def answer(parts: Parts, event: HookCalled) -> None:
    """Answered once: a repetition of the call's delivery deploys nothing more. Raises Unavailable: asked again."""
    if parts.store.answers.get(event.request_id) is not None:
        return
    try:
        made = _deploy(parts, event)
    except NotToBeHad as no:
        parts.store.answers.put(Answer(event.request_id, no.status, {"detail": str(no)}), parts.clock.now())
        return
    except Refused as refusal:
        body: dict[str, object] = {"detail": str(refusal)}
        parts.store.answers.put(Answer(event.request_id, HTTPStatus.BAD_REQUEST, body), parts.clock.now())
        return
    if made.status is Status.SKIPPED:
        told = Answer(event.request_id, HTTPStatus.CONFLICT, {"detail": made.reason, "deployment": made.id})
    else:
        told = Answer(event.request_id, HTTPStatus.CREATED, {"deployment": made.id, "sha": made.sha})
    parts.store.answers.put(told, parts.clock.now())


def _deploy(parts: Parts, event: HookCalled) -> Deployment:
    repository = parts.store.repositories.get(event.repository_id)
    service = parts.store.services.get(event.service_id)
    if repository is None or service is None:
        raise NotToBeHad(HTTPStatus.NOT_FOUND, "There is no such service any more.")
    if repository.gone:
        raise NotToBeHad(HTTPStatus.CONFLICT, f"Nothing of {repository.full_name} is deployed: {repository.gone}.")
    commit, branch = (
        (wanted.named(parts, repository, event.ref), event.ref)
        if event.ref
        else wanted.latest(parts, repository, service)
    )
    definition = wanted.definition(parts, repository, service, commit.sha)
    if event.image_url is not None:
        definition = _of_image(definition, event.image_url)
    ask = Ask(Trigger.HOOK, ACTOR, clear_cache=event.clear_cache)
    return deploy(parts, repository, (service, PRODUCTION), commit, branch, definition, ask)


def _of_image(definition: Definition, url: str) -> Definition:
    """With another tag or digest of its own image. Raises NotToBeHad."""
    if definition.image is None:
        raise NotToBeHad(HTTPStatus.BAD_REQUEST, "`imageUrl` is for services with `runtime: image`; this one is built.")
    if not imagename.same_image_but_tag(definition.image.url, url):
        raise NotToBeHad(
            HTTPStatus.BAD_REQUEST,
            f"`imageUrl` may differ from `{definition.image.url}` in its tag or digest only.",
        )
    return definition.model_copy(update={"image": definition.image.model_copy(update={"url": url})})
