"""Previews that somebody wants made or removed by the page or the API: by who may, answered once, with the reason."""

from __future__ import annotations

import itertools
from http import HTTPStatus

import pytest

from tests.worker.house import PREVIEWED, WEB, House
from tests.worker.test_previews import begin, gone
from tidegate.events import FreezeAsked, PreviewAsked
from tidegate.permission import OPERATOR, Permission
from tidegate.repository import Repository
from tidegate.request import Answer

_requests = itertools.count(1)


def ask(
    house: House, repository: Repository, number: int, *, wanted: bool, actor: str = "mona", force: bool = False
) -> Answer:
    """Told twice, as a redelivery does."""
    event = PreviewAsked(f"p{next(_requests)}", repository.id, number, wanted, actor, force)
    house.tell(event)
    house.tell(event)
    answer = house.store.answers.get(event.request_id)
    assert answer is not None
    return answer


def test_one_is_removed_and_made_again_whatever_the_deploy_file_says(house: House) -> None:
    repository = begin(house, WEB)
    pull = house.open(repository)
    house.work()
    assert house.serving("web-pr-1") is None, "none is made by itself"
    made = ask(house, repository, 1, wanted=True)
    assert (made.status, "The preview is being made" in str(made.body["detail"])) == (HTTPStatus.OK, True)
    house.work()
    assert house.serving("web-pr-1") == pull.head_sha
    removed = ask(house, repository, 1, wanted=False)
    assert (removed.status, "Removed by mona" in str(removed.body["detail"])) == (HTTPStatus.OK, True)
    again = ask(house, repository, 1, wanted=False, actor=OPERATOR)
    assert (again.status, str(again.body["detail"]).startswith("It is not there: removed by mona")) == (200, True)
    assert gone(house, repository, 1)
    ask(house, repository, 1, wanted=True)
    house.work()
    assert house.serving("web-pr-1") == pull.head_sha


@pytest.mark.parametrize(
    ("number", "wanted", "status", "said"),
    [
        (9, True, 409, "There is no open pull request #9."),
        (9, False, 404, "This pull request has no preview."),
        (2, True, 409, "There is no open pull request #2."),
    ],
)
def test_what_cannot_be_had_says_why(house: House, number: int, wanted: bool, status: int, said: str) -> None:
    repository = begin(house)
    for _ in range(2):
        house.open(repository)
    house.work()
    house.github.close_pull(repository, 2)  # and nobody has told us yet
    answer = ask(house, repository, number, wanted=wanted)
    assert (answer.status, answer.body["detail"]) == (status, said)


def test_who_may_not_is_refused_and_a_freeze_takes_force(house: House) -> None:
    repository = begin(house, PREVIEWED)
    house.open(repository)
    house.work()
    house.github.permit(repository, "rita", Permission.TRIAGE)
    refused = ask(house, repository, 1, wanted=False, actor="rita")
    assert (refused.status, "preview takes the permission `write`" in str(refused.body["detail"])) == (403, True)
    assert house.preview(repository, 1).absent is None
    forced = ask(house, repository, 1, wanted=True, force=True)
    assert (forced.status, "force takes the permission `admin`" in str(forced.body["detail"])) == (403, True)
    house.tell(FreezeAsked("f1", repository.id, None, None, "release week", OPERATOR))
    assert ask(house, repository, 1, wanted=False).status == HTTPStatus.OK, "what is removed isn't deployed"


def test_where_nothing_is_made_it_says_why(house: House) -> None:
    repository = begin(house, WEB)
    house.github.permit(repository, "root", Permission.ADMIN)
    pull = house.open(repository)
    house.tell(FreezeAsked("f1", repository.id, None, None, "release week", OPERATOR))
    held = ask(house, repository, 1, wanted=True)
    house.work()
    assert (held.status, "release week; the preview waits" in str(held.body["detail"])) == (
        HTTPStatus.CONFLICT,
        True,
    )
    assert house.serving("web-pr-1") is None
    assert ask(house, repository, 1, wanted=True, actor="root", force=True).status == HTTPStatus.OK
    house.work()
    assert house.serving("web-pr-1") == pull.head_sha

    house.push_to(repository, 1, {"tidegate.yml": "services: nothing\n"})
    broken = ask(house, repository, 1, wanted=True, actor="root", force=True)
    house.work()
    assert (broken.status, "`tidegate.yml` has a mistake" in str(broken.body["detail"])) == (HTTPStatus.CONFLICT, True)
    assert house.serving("web-pr-1") == pull.head_sha, "what runs runs on"


def test_nothing_of_a_repository_that_is_gone(house: House) -> None:
    repository = begin(house)
    house.store.repositories.gone(repository.id, "the App was uninstalled", house.clock.now())
    answer = ask(house, repository, 1, wanted=True)
    assert (answer.status, "the App was uninstalled" in str(answer.body["detail"])) == (409, True)
    event = PreviewAsked("p0", 4711, 1, wanted=True, actor=OPERATOR)
    house.tell(event)
    unknown = house.store.answers.get("p0")
    assert unknown is not None
    assert unknown.status == HTTPStatus.NOT_FOUND
