"""Deploys by hand, again and back by the API, carried out by a real worker beside it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from tests.webapp import fake_github
from tests.webapp.beside import beside, on_time, working
from tests.webapp.fake_github import FakeGitHub
from tests.webapp.house import PAGE, build
from tests.worker.house import PREVIEWED
from tests.worker.house import House as WorkersHouse
from tidegate.permission import Permission
from webapp.parts import KEY

FULL_NAME = "octo/web"


class Both:
    """The web app and a worker on one store, with a service that is live; grace maintains it, says GitHub to both."""

    def __init__(self, grace: FlaskClient, workers: WorkersHouse, rights: dict[str, Permission]) -> None:
        self.grace, self.workers, self.rights = grace, workers, rights
        self.repository = workers.repository(FULL_NAME)
        fake_github.IDS[FULL_NAME] = self.repository.id
        workers.github.permit(self.repository, "grace", Permission.MAINTAIN)
        self.sha = workers.push(self.repository)
        workers.work()
        (service,) = workers.store.services.of_repository(self.repository.id)
        self.path = f"/api/v1/services/{service.id}"


@pytest.fixture
def both(tmp_path: Path, github: FakeGitHub) -> Iterator[Both]:
    web = build(tmp_path, github=github)
    with beside(tmp_path) as workers:
        grace = web.signed_in("grace", {FULL_NAME: Permission.MAINTAIN})
        yield Both(grace, workers, github.rights["grace"])
    web.close()


def test_a_commit_is_deployed_and_auto_deploy_turned_on_again(both: Both) -> None:
    second = both.workers.push(both.repository)
    both.workers.work()
    with working(both.workers):
        made = both.grace.post(f"{both.path}/deploys", json={"commitId": both.sha[:9]})
    assert made.status_code == 201, made.text
    told = made.get_json()
    assert (told["sha"], told["url"].rpartition("/")[2]) == (both.sha, told["deployment"])
    assert "auto-deploy is off since grace deployed" in told["detail"]
    both.workers.work()
    assert both.workers.serving() == both.sha != second
    for detail in ("auto-deploy was turned on by grace", "auto-deploy is on"):
        turned = both.grace.put(f"{both.path}/auto-deploy", json={"on": True})
        assert turned.get_json() == {"on": True, "detail": detail}
    off = both.grace.put(f"{both.path}/auto-deploy", json={"on": False})
    assert off.get_json()["detail"] == "auto-deploy was turned off by grace"


def test_again_and_back(both: Both) -> None:
    both.workers.push(both.repository)
    both.workers.work()
    for what, body in [("restart", {}), ("redeploy", {"clearCache": True}), ("rollback", {})]:
        with working(both.workers):
            made = both.grace.post(f"{both.path}/{what}", json=body)
        assert made.status_code == 201, made.text
        both.workers.work()
        row = both.workers.store.deployments.get(made.get_json()["deployment"])
        assert row is not None
        assert (row.trigger, row.status, row.clear_cache) == (what, "live", what == "redeploy")


REFUSED: list[tuple[str, dict[str, object], int, str]] = [
    ("deploys", {"commitId": "nowhere"}, 404, "There is no branch, tag or commit `nowhere`."),
    ("deploys", {"comit": "main"}, 400, "There is no parameter `comit`"),
    ("deploys", {"clearCache": "maybe"}, 400, "`clearCache` is `true` or `false`."),
    ("deploys", {"force": True}, 403, "force takes the permission `admin`"),
    ("rollback", {}, 409, "There is nothing to roll back to now"),
    ("rollback", {"deployId": "d0"}, 404, "The service has no such deployment."),
    ("restart", {"environment": "pr-9"}, 409, "Nothing of it is live there."),
]


def test_what_cannot_be_done_says_why(both: Both) -> None:
    with working(both.workers):
        for what, body, status, said in REFUSED:
            answer = both.grace.post(f"{both.path}/{what}", json=body)
            assert (answer.status_code, said in answer.get_json()["detail"]) == (status, True), (said, answer.text)


def test_a_service_and_a_deployment_are_removed_by_an_admin_who_says_its_name(both: Both) -> None:
    row = both.workers.row(both.repository, both.sha)
    for body in ({}, {"confirm": "wbe"}):
        refused = both.grace.delete(both.path, json=body)
        assert (refused.status_code, "`confirm` is `web`" in refused.get_json()["detail"]) == (400, True)
    assert both.grace.delete(both.path, json={"confirm": "web"}).status_code == 403
    both.rights[FULL_NAME] = Permission.ADMIN
    both.workers.github.permit(both.repository, "grace", Permission.ADMIN)
    assert both.grace.delete(both.path, json={"confirm": "web", "disks": "some"}).status_code == 400
    with working(both.workers):
        live = both.grace.delete(f"/api/v1/deployments/{row.id}")
        gone = both.grace.delete(both.path, json={"confirm": "web", "disks": True})
    assert (live.status_code, live.get_json()["detail"].startswith("That deployment has not ended")) == (409, True)
    assert (gone.status_code, gone.get_json()["detail"].startswith("The service was removed by grace")) == (200, True)
    (place,) = both.workers.store.dismissals.under_way()
    assert place.disks_go, "its disks are to go, too"
    page = both.grace.get(both.path.removeprefix("/api/v1"), headers=PAGE)
    assert "The service was removed; deploy it by hand, or push" in page.text
    on_time(both.workers)
    both.workers.watch(120, every=10)
    with working(both.workers):
        told = both.grace.delete(f"/api/v1/deployments/{row.id}")
    assert told.status_code == 200, told.text
    assert (
        both.grace.get(f"/api/v1/deployments/{row.id}").get_json()["discarded"].startswith("removed from the history")
    )
    assert "Removed from the history by grace" in both.grace.get(f"/deployments/{row.id}", headers=PAGE).text


def test_without_a_worker_it_is_kept_and_carried_out_later(both: Both) -> None:
    both.grace.application.extensions[KEY].workers.patience = 0.0
    answer = both.grace.post(f"{both.path}/restart")
    assert (answer.status_code, answer.get_json()["detail"]) == (202, "It is still being looked at.")
    assert both.workers.store.deliveries.pending(datetime.now(UTC))


def test_a_forks_commit_is_let_run_in_its_preview(both: Both) -> None:
    both.workers.push(both.repository, {"tidegate.yml": PREVIEWED})
    both.workers.work()
    pull = both.workers.open(both.repository, fork_of="stranger")
    both.workers.work()
    waiting = both.workers.row(both.repository, pull.head_sha, environment="pr-1")
    assert waiting.needs_approval
    path = f"/api/v1/deployments/{waiting.id}/approve"
    with working(both.workers):
        approved, again = both.grace.post(path), both.grace.post(path)
    assert (approved.status_code, "Approved by grace" in approved.get_json()["detail"]) == (200, True), approved.text
    assert again.status_code == 409
    on_time(both.workers)
    both.workers.work()
    assert both.workers.serving("web-pr-1") == pull.head_sha
