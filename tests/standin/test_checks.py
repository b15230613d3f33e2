"""Check runs and suites: several Apps, latest and all, limits, buttons, CI."""

from __future__ import annotations

from typing import Any

import pytest

from tests.standin.conftest import Place

OUTPUT = {"title": "Title", "summary": "Summary"}
NOTE = {"path": "a", "start_line": 1, "end_line": 1, "annotation_level": "failure", "message": "no"}
BUTTON = {"label": "Redeploy", "description": "Deploy again", "identifier": "redeploy"}


def test_a_run_goes_from_queued_to_completed(place: Place) -> None:
    repo = place.repo()
    app, sha = place.installed(repo), place.head(repo)
    made = app.post(f"/repos/{repo}/check-runs", {"name": "deploy", "head_sha": sha, "external_id": "42"})
    assert (made.status, made.body["status"], made.body["app"]["slug"]) == (201, "queued", "tidegate")
    run = f"/repos/{repo}/check-runs/{made.body['id']}"
    assert app.patch(run, {"status": "in_progress", "output": {**OUTPUT, "annotations": [NOTE] * 50}}).status == 200
    more = {"conclusion": "failure", "output": {**OUTPUT, "annotations": [NOTE]}, "actions": [BUTTON]}
    done = app.patch(run, more).body
    assert (done["status"], done["conclusion"], done["output"]["annotations_count"]) == ("completed", "failure", 51)
    second = app.get(f"{run}/annotations", per_page=50, page=2)
    assert len(second.body) == 1
    assert 'rel="prev"' in second.headers["link"]

    place.received.wait(repo, "check_run", "created")
    [told] = place.received.wait(repo, "check_run", "completed")
    assert told.payload["check_run"]["check_suite"]["conclusion"] == "failure"
    place.received.wait(repo, "check_suite", "completed")
    again = app.patch(run, {"status": "queued"}).body
    assert (again["conclusion"], again["completed_at"]) == (None, None)


def test_latest_wins_and_all_shows_all(place: Place) -> None:
    repo = place.repo()
    sha = place.head(repo)
    ci, app = place.installed(repo, "ci"), place.installed(repo)
    for conclusion in ("failure", "success"):
        ci.post(f"/repos/{repo}/check-runs", {"name": "test", "head_sha": sha, "conclusion": conclusion})
    app.post(f"/repos/{repo}/check-runs", {"name": "test", "head_sha": sha, "status": "in_progress"})
    runs = f"/repos/{repo}/commits/{sha}/check-runs"

    def shown(**query: Any) -> list[tuple[str, str | None]]:
        return sorted((each["app"]["slug"], each["conclusion"]) for each in app.get(runs, **query).body["check_runs"])

    assert shown(filter="latest") == [("ci", "success"), ("tidegate", None)]
    assert len(shown(filter="all")) == 3
    assert shown(status="in_progress") == [("tidegate", None)]
    assert shown(app_id=place.credentials["ci"]["id"]) == [("ci", "success")]
    assert shown(check_name="other") == []
    page = app.get(runs, filter="all", per_page=2)
    assert (len(page.body["check_runs"]), page.body["total_count"]) == (2, 3)
    assert 'rel="next"' in page.headers["link"]


def test_only_the_app_that_made_a_run_changes_it(place: Place) -> None:
    repo = place.repo()
    sha = place.head(repo)
    number = place.installed(repo, "ci").post(f"/repos/{repo}/check-runs", {"name": "t", "head_sha": sha}).body["id"]
    run = f"/repos/{repo}/check-runs/{number}"
    assert place.installed(repo).patch(run, {"status": "in_progress"}).status == 403
    assert place.user.post(f"/repos/{repo}/check-runs", {"name": "t", "head_sha": sha}).status == 403


@pytest.mark.parametrize(
    "wrong",
    [
        {"status": "completed"},
        {"conclusion": "wonderful"},
        {"head_sha": "f" * 40},
        {"output": {"title": "t"}},
        {"output": {**OUTPUT, "title": "t" * 256}},
        {"output": {**OUTPUT, "text": "t" * 65_536}},
        {"output": {**OUTPUT, "annotations": [NOTE] * 51}},
        {"output": {**OUTPUT, "annotations": [{**NOTE, "annotation_level": "error"}]}},
        {"output": {**OUTPUT, "annotations": [{**NOTE, "end_line": 2, "start_column": 1}]}},
        {"actions": [BUTTON] * 4},
        {"actions": [{**BUTTON, "label": "l" * 21}]},
        {"actions": [{**BUTTON, "description": "d" * 41}]},
        {"actions": [{**BUTTON, "identifier": "i" * 21}]},
    ],
)
def test_what_github_refuses_is_refused(place: Place, wrong: dict[str, Any]) -> None:
    repo = place.repo()
    body = {"name": "deploy", "head_sha": place.head(repo), **wrong}
    assert place.installed(repo).wrong("POST", f"/repos/{repo}/check-runs", body).status == 422


def test_a_button_and_a_rerun_reach_the_app_that_owns_the_run(place: Place) -> None:
    repo = place.repo()
    sha, app = place.head(repo), place.installed(repo)
    body = {"name": "deploy", "head_sha": sha, "conclusion": "success", "actions": [BUTTON]}
    run = app.post(f"/repos/{repo}/check-runs", body).body["id"]
    place.control.press(repo, run, "redeploy")
    [pressed] = place.received.wait(repo, "check_run", "requested_action")
    assert pressed.payload["requested_action"] == {"identifier": "redeploy"}
    place.control.press(repo, run, "rerun")
    place.received.wait(repo, "check_run", "rerequested")
    theirs = place.installed(repo, "ci").post(
        f"/repos/{repo}/check-runs", {"name": "t", "head_sha": sha, "conclusion": "failure"}
    )
    place.control.press(repo, theirs.body["id"], "rerun")
    assert place.control.wait_idle()
    assert len(place.received.of(repo, "check_run", "rerequested")) == 1, "other Apps' runs are none of ours"
    suite = app.get(f"/repos/{repo}/check-runs/{run}").body["check_suite"]["id"]
    assert app.post(f"/repos/{repo}/check-suites/{suite}/rerequest").status == 201
    place.received.wait(repo, "check_suite", "rerequested")
    assert app.get(f"/repos/{repo}/check-suites/{suite}").status == 200
    assert app.get(f"/repos/{repo}/check-suites/{suite}/check-runs").body["total_count"] == 1
    assert app.post(f"/repos/{repo}/check-runs/{run}/rerequest").status == 201


def test_ci_runs_the_repository_s_own_tests_on_each_push(place: Place) -> None:
    command = {"mode": "command", "command": ["sh", "test.sh"], "names": ["test"]}
    repo = place.repo(ci=command, files={"test.sh": "echo it works; test -f good\n"})
    place.control.commit(repo, {"good": ""}, "Make it good")
    done = [hook.payload["check_run"] for hook in place.received.wait(repo, "check_run", "completed", count=2)]
    assert {run["head_sha"]: run["conclusion"] for run in done}[place.head(repo)] == "success"
    assert sorted(run["conclusion"] for run in done) == ["failure", "success"]
    assert all("it works" in run["output"]["text"] for run in done)


def test_ci_waits_for_its_word_and_runs_again_when_asked(place: Place) -> None:
    repo = place.repo(ci={"mode": "manual", "names": ["unit", "lint"]})
    sha = place.head(repo)
    app = place.installed(repo)
    runs = app.get(f"/repos/{repo}/commits/{sha}/check-runs").body["check_runs"]
    assert {run["name"]: run["status"] for run in runs} == {"unit": "in_progress", "lint": "in_progress"}
    failed = place.control.conclude(repo, sha, "failure", "unit")
    place.control.press(repo, failed["id"], "rerun")
    place.control.conclude(repo, sha, "success", "unit")
    latest = app.get(f"/repos/{repo}/commits/{sha}/check-runs", check_name="unit").body["check_runs"]
    assert [run["conclusion"] for run in latest] == ["success"]
