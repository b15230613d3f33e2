"""A service's deploy hook was called, and its caller waits for what becomes of it."""

from __future__ import annotations

from http import HTTPStatus

from tidegate import imagename, wording
from tidegate.blueprint import Service as Definition
from tidegate.deployment import Deployment, Status, Trigger
from tidegate.events import HookCalled
from tidegate.repository import PRODUCTION, Repository, Service
from tidegate.request import Answer
from worker import deployfile
from worker.asked import Ask, deploy
from worker.parts import Parts
from worker.ports import Refused

ACTOR = "deploy hook"


class _No(Exception):
    def __init__(self, status: HTTPStatus, detail: str) -> None:
        super().__init__(detail)
        self.status = status


def answer(parts: Parts, event: HookCalled) -> None:
    """Answered once: a repetition of the call's delivery deploys nothing more. Raises Unavailable: asked again."""
    if parts.store.answers.get(event.request_id) is not None:
        return
    try:
        made = _deploy(parts, event)
    except _No as no:
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
        raise _No(HTTPStatus.NOT_FOUND, "There is no such service any more.")
    if repository.gone:
        raise _No(HTTPStatus.CONFLICT, f"Nothing of {repository.full_name} is deployed: {repository.gone}.")
    branch = Definition.load(service.definition).linked_branch(repository.default_branch)
    commit = parts.github.resolve(repository, event.ref or branch)
    if commit is None:
        raise _No(
            HTTPStatus.NOT_FOUND, f"`{event.ref or branch}` is no branch, tag or commit of {repository.full_name}."
        )
    definition = _definition(parts, repository, service, commit.sha, event)
    ask = Ask(Trigger.HOOK, ACTOR, clear_cache=event.clear_cache)
    return deploy(parts, repository, (service, PRODUCTION), commit, event.ref or branch, definition, ask)


def _definition(parts: Parts, repository: Repository, service: Service, sha: str, event: HookCalled) -> Definition:
    file = deployfile.read(parts.github.deploy_file(repository, sha))
    if file.findings:
        raise _No(HTTPStatus.CONFLICT, f"At {sha[:7]}, {wording.broken_deploy_file(len(file.findings))}.")
    definition = file.service(service.name)
    if definition is None:
        raise _No(HTTPStatus.NOT_FOUND, f"At {sha[:7]}, the deploy file has no service `{service.name}`.")
    if event.image_url is None:
        return definition
    if definition.image is None:
        raise _No(HTTPStatus.BAD_REQUEST, "`imageUrl` is for services with `runtime: image`; this one is built.")
    if not imagename.same_image_but_tag(definition.image.url, event.image_url):
        raise _No(
            HTTPStatus.BAD_REQUEST,
            f"`imageUrl` may differ from `{definition.image.url}` in its tag or digest only.",
        )
    return definition.model_copy(update={"image": definition.image.model_copy(update={"url": event.image_url})})
