"""What people do on the pages, carried out by a real worker beside them: asked once, done, and told."""

from __future__ import annotations

import re
from collections.abc import Iterator
from http import HTTPStatus
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from tests.webapp import fake_github
from tests.webapp.beside import beside, working
from tests.webapp.fake_github import FakeGitHub
from tests.webapp.house import PAGE, build
from tests.worker.house import DOCKERFILE, PREVIEWED, House
from tidegate.deployment import Status
from tidegate.permission import Permission
from webapp.commits import Checks, judged

FULL_NAME = "octo/web"


class Desk:
    """An admin's browser, a reader's, and a worker; a service is live that was live at another commit before."""

    def __init__(self, admin: FlaskClient, reader: FlaskClient, workers: House) -> None:
        self.admin, self.reader, self.workers = admin, reader, workers
        self.repository = workers.repository(FULL_NAME)
        fake_github.IDS[FULL_NAME] = self.repository.id
        workers.github.permit(self.repository, "grace", Permission.ADMIN)
        self.first = workers.push(self.repository, {"tidegate.yml": PREVIEWED, "Dockerfile": DOCKERFILE})
        workers.work()
        self.second = workers.push(self.repository)
        workers.work()
        (service,) = workers.store.services.of_repository(self.repository.id)
        self.path = f"/services/{service.id}"

    def see(self, path: str, status: int = 200) -> str:
        answer = self.admin.get(path, headers=PAGE)
        assert answer.status_code == status, answer.text
        return " ".join(re.sub(r"<[^>]+>", " ", answer.text).split())

    def do(self, path: str, **form: str) -> str:
        """The page on which one lands, as one reads it."""
        with working(self.workers):
            answer = self.admin.post(path, data=form, headers=PAGE)
        assert answer.status_code == HTTPStatus.SEE_OTHER, answer.text
        self.workers.work()
        return self.see(answer.location)


@pytest.fixture
def desk(tmp_path: Path, github: FakeGitHub) -> Iterator[Desk]:
    web = build(tmp_path, github=github)
    with beside(tmp_path) as workers:
        admin = web.signed_in("grace", {FULL_NAME: Permission.ADMIN})
        yield Desk(admin, web.signed_in("rita", {FULL_NAME: Permission.READ}), workers)
    web.close()


def test_a_deploy_is_asked_done_and_told(desk: Desk) -> None:
    asked = desk.see(f"{desk.path}/deploy?commit={desk.first}")
    assert "Deploy web?" in asked
    assert "Auto-deploy is turned off" in asked
    landed = desk.do(f"{desk.path}/deploy", commit=desk.first)
    assert f"Web {desk.first[:7]} production".lower() in landed.lower()
    assert "auto-deploy is off since grace deployed" in landed
    assert desk.workers.serving() == desk.first
    assert "Turn it on" in desk.see(desk.path)
    assert "Auto-deploy was turned on by grace" in desk.do(f"{desk.path}/auto-deploy", on="true")


def test_back_and_again(desk: Desk) -> None:
    assert f"goes back to {desk.first[:7]}" in desk.see(f"{desk.path}/rollback")
    assert "rolled back" in desk.do(f"{desk.path}/rollback", environment="production").lower()
    assert desk.workers.serving() == desk.first
    for what in ("restart", "redeploy"):
        assert f"{what.capitalize()} web?" in desk.see(f"{desk.path}/{what}")
        assert desk.first[:7] in desk.do(f"{desk.path}/{what}")


def test_a_reader_is_offered_nothing_and_told_who_may(desk: Desk) -> None:
    page = desk.reader.get(desk.path, headers=PAGE).text
    assert "Deploying takes the permission write" in page
    assert "/rollback" not in page
    settings = desk.reader.get(f"{desk.path}/settings", headers=PAGE).text
    assert "Freezing takes the permission maintain in the repository" in settings
    assert "Removing it takes the permission admin" in settings
    assert "<button>Scale" not in settings
    refused = desk.reader.get(f"{desk.path}/restart", headers=PAGE)
    assert refused.status_code == HTTPStatus.FORBIDDEN
    assert "restart takes the permission" in refused.text


def test_a_variable_is_set_shown_as_far_as_it_may_be_and_taken_away(desk: Desk) -> None:
    path = f"{desk.path}/variables"
    told = desk.do(path, name="GREETING", value="hello", secret="false", environment="production")
    assert "From the same image" in told or "the same image" in told
    desk.do(path, name="KEY", value="a-secret-value", secret="true", environment="production")
    # As browsers end lines.
    desk.do(path, name="LINES", value="one\r\ntwo", secret="false", environment="production")
    (service,) = desk.workers.store.services.of_repository(desk.repository.id)
    assert desk.workers.store.variables.of(service.id, "production")["LINES"] == ("plain", "one\ntwo")
    listed = desk.see(path)
    assert "GREETING hello plain" in listed
    assert "KEY kept secret, and never shown again secret" in listed
    assert "a-secret-value" not in desk.admin.get(path).text
    assert "Take KEY away?" in desk.see(f"{path}/remove?name=KEY&environment=production")
    assert "KEY kept secret" not in desk.do(f"{path}/remove", name="KEY", environment="production")
    (newest, *_) = desk.workers.store.deployments.page(None, 1)
    configuration = desk.see(f"/deployments/{newest.id}/configuration")
    assert "KEY hidden removed" in configuration
    assert "a-secret-value" not in configuration
    hidden = desk.reader.get(f"/deployments/{newest.id}/configuration").text
    assert "hello" not in hidden
    assert "GREETING" in hidden


def test_what_is_live_without_variables_says_that_nobody_set_any(desk: Desk) -> None:
    live = desk.workers.row(desk.repository, desk.second)
    assert "No variables Neither the deploy file nor the server sets any." in desk.see(
        f"/deployments/{live.id}/configuration"
    )


def test_who_is_signed_in_is_not_told_to_sign_in(desk: Desk) -> None:
    assert "Sign in" not in desk.see("/services/999", 404)


def test_a_deployment_that_has_ended_is_taken_out_of_the_history(desk: Desk) -> None:
    live, before = (desk.workers.row(desk.repository, sha) for sha in (desk.second, desk.first))
    assert "Remove from the history" not in desk.see(f"/deployments/{live.id}"), "it has not ended"
    desk.workers.watch(120, every=10)
    path = f"/deployments/{before.id}"
    assert "Remove from the history" in desk.see(path)
    assert "Remove from the history" not in desk.reader.get(path, headers=PAGE).text
    assert "nothing can go back to it any more" in desk.see(f"{path}/remove")
    assert "Removed from the history by grace" in desk.do(f"{path}/remove")
    assert "Remove from the history" not in desk.see(path)


def test_a_freeze_holds_until_it_is_taken_back_or_passed_by(desk: Desk) -> None:
    told = desk.do(f"{desk.path}/freeze?service=web&environment=production", reason="the release is on Friday")
    assert "frozen" in told.lower()
    assert "the release is on Friday" in desk.see(desk.path)
    assert "In spite of the freeze" in desk.see(f"{desk.path}/restart")
    with working(desk.workers):
        held = desk.admin.post(f"{desk.path}/restart", headers=PAGE)
    assert held.status_code == HTTPStatus.CONFLICT
    assert desk.second[:7] in desk.do(f"{desk.path}/restart", force="true")
    desk.do(f"{desk.path}/unfreeze", service="web", environment="production")
    assert "frozen by" not in desk.see(desk.path)


def test_it_is_scaled_without_a_deploy(desk: Desk) -> None:
    assert "In production" in desk.see(f"{desk.path}/settings")
    assert "3" in desk.do(f"{desk.path}/instances", count="3", environment="production")
    assert "of 3 wanted" in desk.see(desk.path)


def test_a_forks_commit_runs_once_it_is_approved_here(desk: Desk) -> None:
    pull = desk.workers.open(desk.repository, author="stranger", fork_of="stranger")
    desk.workers.work()
    row = desk.workers.row(desk.repository, pull.head_sha, environment="pr-1")
    assert "Approve web of #1" in desk.see("/previews")
    question = f"{desk.path}/approve?environment=pr-1&deployment={row.id}"
    assert "is built and run on your hosts" in desk.see(question)
    landed = desk.do(f"{desk.path}/approve", environment="pr-1", deployment=row.id)
    assert f"web {pull.head_sha[:7]} pr-1" in landed, "the preview's own deployment, and not what is in production"
    assert desk.workers.serving("web-pr-1") == pull.head_sha
    assert desk.workers.preview(desk.repository, 1).approved_by == "grace"
    assert "There is nothing to approve" in desk.see(question, HTTPStatus.CONFLICT)
    with working(desk.workers):
        late = desk.admin.post(f"{desk.path}/approve", data={"deployment": row.id}, headers=PAGE)
    assert late.status_code == HTTPStatus.CONFLICT
    assert "It waits for no approval" in late.text


def test_what_a_newer_push_has_replaced_is_not_approved(desk: Desk) -> None:
    pull = desk.workers.open(desk.repository, author="stranger", fork_of="stranger")
    desk.workers.work()
    row = desk.workers.row(desk.repository, pull.head_sha, environment="pr-1")
    sha = desk.workers.push_to(desk.repository, 1)
    with working(desk.workers):
        late = desk.admin.post(f"{desk.path}/approve", data={"deployment": row.id}, headers=PAGE)
    assert late.status_code == HTTPStatus.CONFLICT
    desk.workers.work()
    assert desk.workers.row(desk.repository, sha, environment="pr-1").status is Status.WAITING


def test_commits_are_listed_with_their_checks_and_what_became_of_them(desk: Desk, github: FakeGitHub) -> None:
    github.commits = {
        desk.second: ("Second", "failure"),
        desk.first: ("First <b>", "success"),
        "c" * 40: ("Older", ""),
    }
    listed = desk.see(f"{desk.path}/commits")
    assert f"Checks failed {desk.second[:7]} Second grace," in listed
    assert f"Checks passed {desk.first[:7]} First &lt;b&gt;" in listed
    assert f"No checks {'c' * 7} Older" in listed
    assert "Healthy" in listed.partition(desk.second[:7])[2].partition(desk.first[:7])[0]
    assert desk.reader.get(f"{desk.path}/commits").status_code == HTTPStatus.FORBIDDEN
    told = desk.admin.get(f"/api/v1{desk.path}/commits").get_json()
    assert [(each["sha"], each["checks"], each["author"]) for each in told["commits"]] == [
        (desk.second, "failed", "grace"),
        (desk.first, "passed", "grace"),
        ("c" * 40, "none", "grace"),
    ]
    deployed = [each["deployment"] for each in told["commits"]]
    rows = [desk.workers.row(desk.repository, sha).id for sha in (desk.second, desk.first)]
    assert (told["branch"], deployed) == ("main", [*rows, None])
    github.commits = {}
    assert "GitHub lists no commits" in desk.see(f"{desk.path}/commits")


@pytest.mark.parametrize(
    ("runs", "checks"),
    [
        ([], Checks.NONE),
        ([(7, "completed", "failure")], Checks.NONE),
        ([(1, "completed", "success"), (2, "completed", "skipped")], Checks.PASSED),
        ([(1, "completed", "success"), (2, "in_progress", None)], Checks.RUNNING),
        ([(1, "completed", "timed_out"), (2, "queued", None)], Checks.FAILED),
    ],
)
def test_checks_at_a_glance(runs: list[tuple[int, str, str | None]], checks: Checks) -> None:
    told = [{"app": {"id": app}, "status": status, "conclusion": conclusion} for app, status, conclusion in runs]
    assert judged(told, own_app=7) is checks
