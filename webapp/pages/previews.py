"""The previews of pull requests: where each serves, what its services are, and which wait for an approval."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, render_template
from werkzeug.wrappers import Response

from tidegate.deployment import Deployment
from tidegate.permission import Action
from tidegate.preview import Preview, number_of
from tidegate.repository import Repository
from webapp.api import previews as api
from webapp.pages import questions
from webapp.pages.ask import landed, page
from webapp.parts import Parts, parts
from webapp.viewer import Viewer, viewer

blueprint = Blueprint("previews", __name__)

_ONE = "/repositories/<int:repository_id>/previews/<int:number>"
#: Services in previews that are shown: the newest.
_MOST = 300


@dataclass(frozen=True)
class Mine:
    """Ids of the repositories that a visitor works in, and of those where they may approve and remove."""

    seen: set[int]
    approve: set[int]
    remove: set[int]


@dataclass(frozen=True)
class Shown:
    """A pull request's preview, with the newest deployment of each service and where that serves, if it does."""

    repository: Repository
    number: int
    record: Preview | None
    services: list[tuple[Deployment, str | None]]
    may_approve: bool
    may_remove: bool


@blueprint.get(f"{_ONE}/remove")
def ask_to_remove(repository_id: int, number: int) -> str:
    repository = viewer().repository(repository_id)
    viewer().demand(Action.PREVIEW, repository)
    return page(questions.remove_preview(repository, number), [("Previews", "/previews")], "/previews")


@blueprint.post(f"{_ONE}/remove")
def remove(repository_id: int, number: int) -> Response:
    return landed(api.remove(repository_id, number), "/previews")


@blueprint.get("/previews")
def index() -> str:
    made = parts()
    return render_template("previews.html", **told(made, shown(made, mine(viewer()))))


def mine(viewer: Viewer) -> Mine:
    return Mine(viewer.given(), viewer.where(Action.APPROVE), viewer.where(Action.PREVIEW))


def shown(made: Parts, mine: Mine) -> list[Shown]:
    """Those whose services were deployed last come first. As many queries, however many they are."""
    store = made.store
    by_place: dict[tuple[int, int], list[Deployment]] = {}
    for each in store.glances.last_of_previews(mine.seen, _MOST):
        by_place.setdefault((each.repository_id, number_of(each.environment) or 0), []).append(each)
    records = {(each.repository_id, each.number): each for each in store.previews.present_of(mine.seen)}
    repositories = {each.id: each for each in store.repositories.some({number for number, _ in by_place})}
    return [
        Shown(
            repositories[repository],
            number,
            records.get((repository, number)),
            [(each, _url(made, each)) for each in sorted(services, key=lambda each: each.service)],
            repository in mine.approve,
            repository in mine.remove,
        )
        for (repository, number), services in by_place.items()
    ]


def told(made: Parts, shown: list[Shown]) -> dict[str, object]:
    """What _previews.html takes."""
    return {"previews": shown, "web_url": made.settings.github.web_url}


def _url(made: Parts, deployment: Deployment) -> str | None:
    """Where it serves, if it does."""
    serves = deployment.live_at is not None and deployment.ended_at is None
    named = made.settings.public_url(deployment.service, deployment.environment, deployment.definition)
    return named if serves else None
