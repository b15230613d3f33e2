"""All services at a glance, by repository: what is live, since when, and what is under way."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import groupby

from flask import Blueprint, Request, render_template, request

from tidegate.deployment import Deployment
from tidegate.repository import Repository, Service
from tidegate.store.glances import PreviewState
from webapp.pages.shown import look, wellbeing, word
from webapp.parts import Parts, parts
from webapp.viewer import viewer

blueprint = Blueprint("overview", __name__)

_PAGE = 30
_MOST_PAGES = 10_000
_MOST_PROPOSED = 20
_LONGEST = 100


@dataclass(frozen=True)
class Row:
    """A service in production. `url`: where it serves, if it does."""

    service: Service
    live: Deployment | None
    last: Deployment | None
    coming: list[Deployment]
    url: str | None

    @property
    def unlike(self) -> bool:
        """What was wanted last isn't what is live: it has come to nothing, or is gone again."""
        return self.last is not None and (self.live is None or self.live.id != self.last.id)


@dataclass(frozen=True)
class Group:
    """A repository's. `url` at GitHub; `previews`: (name, look, word)."""

    repository: Repository
    url: str
    services: list[Row]
    previews: list[tuple[str, tuple[str, str], str]] = field(default_factory=list)


@blueprint.get("/")
def index() -> str:
    return render_template("overview.html", **overview(parts(), viewer().given(), *asked_for(request)))


def asked_for(request: Request) -> tuple[int, str]:
    """The number of a page, from 1, and the words that are looked for."""
    number = request.args.get("page", 1, type=int)
    return min(max(number, 1), _MOST_PAGES), request.args.get("q", "").strip()[:_LONGEST]


def overview(made: Parts, given: set[int], number: int, words: str) -> dict[str, object]:
    """What _overview.html takes: page `number`, from 1, of services with `words` in their or their repository's name,
    of the repositories `given`. As many queries, however many they are."""
    glances = made.store.glances
    found = glances.services(given, words, (number - 1) * _PAGE, _PAGE + 1)
    shown = found[:_PAGE]
    return {
        "groups": _groups(made, shown),
        "proposed": [] if words or number > 1 else glances.proposed(given, _MOST_PROPOSED),
        "tally": glances.tally(given),
        "more": len(found) > _PAGE,
        "page": number,
        "words": words,
    }


def _groups(made: Parts, shown: list[Service]) -> list[Group]:
    glances, ids = made.store.glances, [each.id for each in shown]
    live, last, coming = glances.serving(ids), glances.last(ids), glances.coming(ids)
    repositories = {each.id: each for each in made.store.repositories.some({one.repository_id for one in shown})}
    previews = glances.previews(repositories)

    def row(service: Service) -> Row:
        of = live.get(service.id)
        url = made.settings.public_url(of.service, of.environment, of.definition) if of else None
        return Row(service, of, last.get(service.id), [each for each in coming if each.service_id == service.id], url)

    return [
        Group(
            repositories[number],
            f"{made.settings.github.web_url}/{repositories[number].full_name}",
            [row(each) for each in services],
            _previews([each for each in previews if each.repository_id == number]),
        )
        for number, services in groupby(shown, lambda each: each.repository_id)
    ]


def _previews(states: list[PreviewState]) -> list[tuple[str, tuple[str, str], str]]:
    """The latest pull request first; of each the newest of its services."""
    newest = {each.environment: each for each in states}
    ordered = sorted(newest.values(), key=lambda each: each.number, reverse=True)
    return [(each.environment, look(state := wellbeing(each)), word(state).lower()) for each in ordered]
