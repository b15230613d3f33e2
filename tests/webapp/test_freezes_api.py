"""Freezing and unfreezing by the API, carried out by a real worker beside it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.webapp import fake_github
from tests.webapp.beside import beside, working
from tests.webapp.fake_github import FakeGitHub
from tests.webapp.house import House, build
from tests.worker.house import GATED
from tests.worker.house import House as WorkersHouse
from tidegate.deployment import Status
from tidegate.permission import Permission
from tidegate.repository import Repository
from webapp.parts import KEY

FULL_NAME = "octo/web"


class Both:
    """The web app and a worker on one store; grace may freeze, says GitHub to both of them."""

    def __init__(self, web: House, workers: WorkersHouse) -> None:
        self.web, self.workers = web, workers
        self.repository: Repository = workers.repository(FULL_NAME)
        self.sha = workers.push(self.repository, {"tidegate.yml": GATED})
        fake_github.IDS[FULL_NAME] = self.repository.id
        self.path = f"/api/v1/repositories/{self.repository.id}/freeze"
        self.grace = self.signed_in("grace", Permission.MAINTAIN)
        workers.github.permit(self.repository, "grace", Permission.MAINTAIN)

    def signed_in(self, login: str, permission: Permission) -> FlaskClient:
        return self.web.signed_in(login, {FULL_NAME: permission})

    def freezes(self) -> list[dict[str, Any]]:
        found = self.grace.get(self.path).get_json()["freezes"]
        assert isinstance(found, list)
        return found


@pytest.fixture
def both(tmp_path: Path, github: FakeGitHub) -> Iterator[Both]:
    web = build(tmp_path, github=github)
    with beside(tmp_path) as workers:
        yield Both(web, workers)
    web.close()


def test_a_freeze_begins_is_told_and_ends(both: Both) -> None:
    with working(both.workers):
        frozen = both.grace.put(both.path, json={"reason": "release week"})
    assert frozen.status_code == 200, frozen.text
    assert "frozen by grace since" in frozen.get_json()["detail"]
    (told,) = both.freezes()
    assert (told["reason"], told["author"]) == ("release week", "grace")
    assert (told["service"], told["environment"]) == (None, None)
    assert told["detail"] == frozen.get_json()["detail"]
    assert told["since"].endswith("+00:00")
    waited = both.workers.row(both.repository, both.sha)
    assert (waited.status, "release week" in waited.reason) == (Status.CANCELED, True), "what waited ends with it"

    with working(both.workers):
        ended = both.grace.delete(both.path)
        again = both.grace.delete(both.path)
    assert ended.get_json()["detail"] == "the repository is no longer frozen; the next push deploys again"
    assert (again.status_code, again.get_json()["detail"]) == (200, "the repository was not frozen")
    assert both.freezes() == []
    kinds = [(entry.kind, entry.actor) for entry in both.workers.store.timeline.of_repository(both.repository.id, 50)]
    assert [each for each in kinds if "freeze" in each[0]] == [("freeze-off", "grace"), ("freeze-on", "grace")]


def test_a_service_an_environment_or_both(both: Both) -> None:
    scopes: list[dict[str, str]] = [{"service": "web"}, {"environment": "pr-7"}]
    scopes.append({"service": "web", "environment": "production"})
    with working(both.workers):
        for scope in scopes:
            assert both.grace.put(both.path, json={"reason": "why", **scope}).status_code == 200
        told = [(each["service"], each["environment"]) for each in both.freezes()]
        assert told == [(None, "pr-7"), ("web", None), ("web", "production")]
        for scope in scopes:
            assert both.grace.delete(both.path, query_string=scope).status_code == 200
    assert both.freezes() == []


@pytest.mark.parametrize(
    ("body", "status", "said"),
    [
        ({}, 400, "Say `reason`: why"),
        ({"reason": " "}, 400, "`reason` is why"),
        ({"reason": "x" * 501}, 400, "at most 500 characters"),
        ({"reason": "why", "until": "monday"}, 400, "There is no parameter `until`"),
        ({"reason": "why", "service": "wbe"}, 404, "There is no service `wbe`; there is `web`"),
        ({"reason": "why", "environment": "staging"}, 404, "`pr-7` for pull request 7"),
    ],
)
def test_what_cannot_be_frozen_says_what_to_write(both: Both, body: dict[str, str], status: int, said: str) -> None:
    answer = both.grace.put(both.path, json=body)
    assert (answer.status_code, answer.content_type) == (status, "application/problem+json")
    assert said in answer.get_json()["detail"]
    assert both.freezes() == []


def test_the_worker_asks_github_too(both: Both) -> None:
    """Where the two answers differ, the later one counts."""
    both.workers.github.permit(both.repository, "grace", Permission.WRITE)
    with working(both.workers):
        answer = both.grace.put(both.path, json={"reason": "why"})
    assert answer.status_code == 403
    assert "freeze takes the permission `maintain`" in answer.get_json()["detail"]
    assert both.freezes() == []


def test_without_a_worker_it_goes_on_and_is_carried_out_later(both: Both) -> None:
    both.web.app.extensions[KEY].workers.patience = 0.1
    answer = both.grace.put(both.path, json={"reason": "why"})
    assert (answer.status_code, answer.get_json()["detail"]) == (202, "It is still being looked at.")
    with working(both.workers):
        both.web.app.extensions[KEY].workers.patience = 10.0
        both.grace.put(both.path, json={"reason": "another", "service": "web"})
    assert [each["reason"] for each in both.freezes()] == ["why", "another"]
