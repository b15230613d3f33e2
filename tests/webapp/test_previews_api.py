"""Previews removed and made by the page and the API, carried out by a real worker beside it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from tests.webapp import fake_github
from tests.webapp.beside import beside, working
from tests.webapp.fake_github import FakeGitHub
from tests.webapp.house import PAGE, build
from tests.worker.house import DOCKERFILE, PREVIEWED
from tests.worker.house import House as WorkersHouse
from tidegate.permission import Permission
from webapp.parts import KEY

FULL_NAME = "octo/web"


class Both:
    """The web app and a worker on one store; mona may write, says GitHub to both; a pull request has its preview."""

    def __init__(self, mona: FlaskClient, workers: WorkersHouse) -> None:
        self.mona, self.workers = mona, workers
        self.repository = workers.repository(FULL_NAME)
        fake_github.IDS[FULL_NAME] = self.repository.id
        workers.github.permit(self.repository, "mona", Permission.WRITE)
        workers.push(self.repository, {"tidegate.yml": PREVIEWED, "Dockerfile": DOCKERFILE})
        workers.work()
        self.pull = workers.open(self.repository)
        workers.work()
        self.page = f"/repositories/{self.repository.id}/previews/1/remove"
        self.path = f"/api/v1/repositories/{self.repository.id}/previews"

    def read(self, path: str) -> str:
        return " ".join(re.sub(r"<[^>]+>", " ", self.mona.get(path, headers=PAGE).text).split())

    def asked(self) -> list[tuple[str, str, str | None, str]]:
        entries = self.workers.store.audit.page(None, 9, None)
        return [
            (each.actor, each.via, each.about.environment, each.detail)
            for _, each in entries
            if each.action == "preview"
        ]


@pytest.fixture
def both(tmp_path: Path, github: FakeGitHub) -> Iterator[Both]:
    web = build(tmp_path, github=github)
    with beside(tmp_path) as workers:
        yield Both(web.signed_in("mona", {FULL_NAME: Permission.WRITE}), workers)
    web.close()


def test_one_is_removed_by_its_page_which_asks_once(both: Both) -> None:
    assert "Remove the preview of octo/web #1" in both.read("/previews")
    assert "the next push to it brings it back" in both.read(both.page).lower()
    with working(both.workers):
        landed = both.mona.post(both.page, headers=PAGE)
    assert (landed.status_code, landed.location) == (303, "/previews")
    assert "Removed by mona; the next push, or /preview , brings it back" in both.read("/previews")
    assert both.workers.preview(both.repository, 1).absent
    assert both.asked() == [("mona", "page", "pr-1", "removed")]


def test_one_is_removed_and_made_again_by_the_api(both: Both) -> None:
    with working(both.workers):
        gone = both.mona.delete(f"{both.path}/1")
        again = both.mona.delete(f"{both.path}/1")
        (told,) = both.mona.get(f"{both.path}?all=true").get_json()["previews"]
        made = both.mona.put(f"{both.path}/1")
    assert (gone.status_code, gone.get_json()["detail"].startswith("Removed by mona")) == (200, True), gone.text
    assert (again.status_code, "It is not there" in again.get_json()["detail"]) == (200, True)
    assert told["absent"].startswith("removed by mona")
    assert (made.status_code, made.get_json()["detail"].startswith("The preview is being made")) == (200, True)
    both.workers.work()
    assert both.workers.serving("web-pr-1") == both.pull.head_sha
    assert [detail for *_, detail in both.asked()] == ["made", "removed", "removed"]


@pytest.mark.parametrize(
    ("method", "number", "body", "status", "said"),
    [
        ("DELETE", 9, {}, 404, "This pull request has no preview."),
        ("PUT", 9, {}, 409, "There is no open pull request #9."),
        ("PUT", 1, {"force": True}, 403, "force takes the permission `admin`"),
        ("PUT", 1, {"always": True}, 400, "There is no parameter `always`"),
        ("DELETE", 2**31, {}, 404, "No pull request has such a number."),
    ],
)
def test_what_cannot_be_done_says_why(
    both: Both, method: str, number: int, body: dict[str, bool], status: int, said: str
) -> None:
    with working(both.workers):
        answer = both.mona.open(f"{both.path}/{number}", method=method, json=body or None)
    assert (answer.status_code, said in answer.get_json()["detail"]) == (status, True), answer.text


def test_without_a_worker_it_goes_on_by_itself(both: Both) -> None:
    both.mona.application.extensions[KEY].workers.patience = 0.0
    answer = both.mona.delete(f"{both.path}/1")
    assert (answer.status_code, answer.get_json()["detail"]) == (202, "It is still being looked at.")
    with working(both.workers):
        both.mona.application.extensions[KEY].workers.patience = 10.0
        both.mona.delete(f"{both.path}/1")
    assert both.workers.preview(both.repository, 1).absent
