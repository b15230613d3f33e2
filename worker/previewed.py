"""A preview that somebody wants made, or removed, by the page or the API: done, and answered once. And why nothing is
made of one that was asked for, for comments, too."""

from __future__ import annotations

from http import HTTPStatus

from tidegate import freeze, preview, wording
from tidegate.deployment import Deployment, Status
from tidegate.events import PreviewAsked
from tidegate.markdown import sentence
from tidegate.permission import Action
from tidegate.preview import Preview
from tidegate.repository import Repository
from worker import allowed, answering, previews, wanted
from worker.answering import Told
from worker.parts import Parts
from worker.wanted import NotToBeHad

_NOTHING_COMES = frozenset({Status.SKIPPED, Status.FAILED})


def answer(parts: Parts, event: PreviewAsked) -> None:
    """Raises Unavailable: asked again."""
    answering.once(parts, event.request_id, lambda: wanted.told(lambda: _carry_out(parts, event)))


def _carry_out(parts: Parts, event: PreviewAsked) -> Told:
    repository = wanted.repository(parts, event.repository_id)
    for action in (Action.PREVIEW, *((Action.FORCE,) if event.force else ())):
        if not allowed.check(parts, repository, event.actor, action, preview.environment_of(event.number)):
            return HTTPStatus.FORBIDDEN, {"detail": f"{allowed.refusal(event.actor, action)}."}
    told = (_make if event.wanted else _remove)(parts, repository, event)
    return HTTPStatus.OK, {"detail": f"{sentence(told)}."}


def _make(parts: Parts, repository: Repository, event: PreviewAsked) -> str:
    """Raises NotToBeHad."""
    if not previews.ask(parts, repository, event.number, event.actor, force=event.force):
        raise NotToBeHad(HTTPStatus.CONFLICT, f"{sentence(wording.no_open_pull(event.number))}.")
    record = parts.store.previews.get(repository.id, event.number)
    if record is not None and record.absent is not None:
        raise NotToBeHad(HTTPStatus.CONFLICT, f"{sentence(record.absent)}.")
    held = held_up(parts, record) if record is not None else None
    if held is not None:
        raise NotToBeHad(HTTPStatus.CONFLICT, f"{sentence(held)}.")
    return wording.PREVIEW_MADE


def held_up(parts: Parts, record: Preview) -> str | None:
    """Why nothing of its head is made, where that is so: of each service the last word counts. What a freeze has held
    isn't made by itself when that ends."""
    last: dict[int, Deployment] = {}
    for row in parts.store.deployments.of_commit(record.repository_id, record.head_sha):
        if row.environment == record.environment:
            last.setdefault(row.service_id, row)
    if any(row.status not in _NOTHING_COMES for row in last.values()):
        return None
    freezes = parts.store.freezes.of_repository(record.repository_id)
    told = dict.fromkeys(row.reason for row in last.values())
    if any(row.reason == freeze.told(each) for row in last.values() for each in freezes):
        told[wording.PREVIEW_AFTER_FREEZE] = None
    return "; ".join(told) or wording.NO_DEPLOY_FILE


def _remove(parts: Parts, repository: Repository, event: PreviewAsked) -> str:
    """Fine where it is gone. Raises NotToBeHad where there never was one."""
    record = parts.store.previews.get(repository.id, event.number)
    if record is None:
        raise NotToBeHad(HTTPStatus.NOT_FOUND, f"{sentence(wording.NO_PREVIEW)}.")
    if record.absent is not None:
        return wording.preview_gone(record.absent)
    previews.remove_by_hand(parts, repository, event.number, event.actor)
    return wording.preview_removed_by(event.actor)
