"""GitHub's bad days, and the record of what was asked."""

from __future__ import annotations

import http.client
import json
from urllib.parse import urlsplit

import pytest

from tests.standin.conftest import Place
from tests.standin.openapi import Violation, judge


def test_the_next_requests_fail_and_then_it_is_over(place: Place) -> None:
    repo = place.repo()
    app = place.installed(repo)
    place.control.fault("status", method="GET", path=f"^/repos/{repo}$", times=2, status=503)
    assert [app.get(f"/repos/{repo}").status for _ in range(3)] == [503, 503, 200]


def test_an_answer_is_lost_after_the_work_was_done(place: Place) -> None:
    repo = place.repo()
    app = place.installed(repo)
    place.control.fault("status", method="POST", path="/deployments$", after=True)
    body = {"ref": "main", "auto_merge": False, "required_contexts": []}
    assert app.post(f"/repos/{repo}/deployments", body).status == 502
    assert len(app.get(f"/repos/{repo}/deployments").body) == 1


def test_connections_break_and_limits_are_hit(place: Place) -> None:
    repo = place.repo()
    app = place.installed(repo)
    place.control.fault("drop", path=f"^/repos/{repo}$")
    with pytest.raises((http.client.HTTPException, ConnectionError)):
        app.get(f"/repos/{repo}")
    place.control.fault("secondary", path=f"^/repos/{repo}$", status=429, retry_after=7)
    limited = app.get(f"/repos/{repo}")
    assert (limited.status, limited.headers["retry-after"]) == (429, "7")
    place.control.fault("primary", path=f"^/repos/{repo}$")
    assert app.get(f"/repos/{repo}").headers["x-ratelimit-remaining"] == "0"
    place.control.fault("slow", path=f"^/repos/{repo}$", seconds=0.01)
    assert app.get(f"/repos/{repo}").status == 200


def test_an_answer_stalls_in_the_middle_and_comes_whole(place: Place) -> None:
    repo = place.repo()
    place.control.fault("stall", path=f"^/repos/{repo}$", seconds=0.01)
    assert [each["times"] for each in place.control.faults()] == [1]
    assert place.installed(repo).get(f"/repos/{repo}").body["full_name"] == repo
    assert [each["times"] for each in place.control.faults()] == [0]


def test_an_answer_stalls_until_the_faults_are_cleared(place: Place) -> None:
    repo = place.repo()
    token = place.control.installation_token("tidegate", repo)
    place.control.fault("stall", path=f"^/repos/{repo}$", seconds=1000)
    connection = http.client.HTTPConnection(urlsplit(place.api).netloc, timeout=30)
    connection.request("GET", f"/api/v3/repos/{repo}", headers={"Authorization": f"Bearer {token}"})
    answer = connection.getresponse()
    first = answer.read(10)
    place.control.clear_faults()
    assert json.loads(first + answer.read())["full_name"] == repo
    connection.close()


def test_requests_are_recorded_and_can_be_judged_later(place: Place) -> None:
    repo = place.repo()
    app = place.installed(repo)
    place.control.reset_calls()
    place.control.keep_bodies()
    try:
        body = {"ref": "main", "auto_merge": False, "required_contexts": []}
        app.post(f"/repos/{repo}/deployments", body)
        app.get(f"/repos/{repo}/deployments", environment="production")
    finally:
        place.control.keep_bodies(on=False)
    calls = place.control.calls(app="tidegate", path=f"^/repos/{repo}/")
    assert [(each["method"], each["status"]) for each in calls] == [("POST", 201), ("GET", 200)]
    for each in calls:
        judge().recorded(each)
        with pytest.raises(Violation, match="required property"):
            judge().recorded({**each, "answer": "{}" if each["method"] == "POST" else "[{}]"})
    assert [each for each in place.control.take_calls() if each in calls] == calls
    assert place.control.calls() == []
