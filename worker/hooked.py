"""A service's deploy hook was called, and its caller waits for what becomes of it."""

from __future__ import annotations

from http import HTTPStatus

from tidegate import imagename
from tidegate.audit import About, Via
from tidegate.blueprint import Service as Definition
from tidegate.deployment import Deployment, Status, Trigger
from tidegate.events import HookCalled
from tidegate.permission import Action
from tidegate.repository import PRODUCTION
from worker import allowed, answering, wanted
from worker.answering import Told
from worker.asked import Ask, deploy
from worker.parts import Parts
from worker.wanted import NotToBeHad

ACTOR = "deploy hook"


def answer(parts: Parts, event: HookCalled) -> None:
    """Answered once: a repetition of the call's delivery deploys nothing more. Raises Unavailable: asked again."""
    answering.once(parts, event.request_id, lambda: wanted.told(lambda: _carry_out(parts, event)))


def _carry_out(parts: Parts, event: HookCalled) -> Told:
    made = _deploy(parts, event)
    if made.status is Status.SKIPPED:
        return HTTPStatus.CONFLICT, {"detail": made.reason, "deployment": made.id}
    return HTTPStatus.CREATED, {"deployment": made.id, "sha": made.sha}


def _deploy(parts: Parts, event: HookCalled) -> Deployment:
    repository, service = wanted.place(parts, event.repository_id, event.service_id)
    commit, branch = (
        (wanted.named(parts, repository, event.ref), event.ref)
        if event.ref
        else wanted.latest(parts, repository, service)
    )
    definition = wanted.definition(parts, repository, service, commit.sha)
    if event.image_url is not None:
        definition = of_image(definition, event.image_url)
    about = About(repository.id, service.name, PRODUCTION)
    allowed.record(parts, ACTOR, Via.HOOK, Action.DEPLOY, about, event.image_url or event.ref or "")
    ask = Ask(Trigger.HOOK, ACTOR, clear_cache=event.clear_cache)
    return deploy(parts, repository, (service, PRODUCTION), commit, branch, definition, ask)


def of_image(definition: Definition, url: str) -> Definition:
    """With another tag or digest of its own image. Raises NotToBeHad."""
    if definition.image is None:
        raise NotToBeHad(HTTPStatus.BAD_REQUEST, "`imageUrl` is for services with `runtime: image`; this one is built.")
    if not imagename.same_image_but_tag(definition.image.url, url):
        raise NotToBeHad(
            HTTPStatus.BAD_REQUEST,
            f"`imageUrl` may differ from `{definition.image.url}` in its tag or digest only.",
        )
    return definition.model_copy(update={"image": definition.image.model_copy(update={"url": url})})
