"""Deployments: contexts, automatic merges, inactivity."""

from __future__ import annotations

from typing import Any

import pytest

from tests.standin.conftest import Place
from tests.standin.github import GitHub

PLAIN = {"auto_merge": False, "required_contexts": []}


def deploy(app: GitHub, repo: str, environment: str, **details: Any) -> int:
    made = app.post(f"/repos/{repo}/deployments", {"ref": "main", "environment": environment, **PLAIN, **details})
    assert made.status == 201
    return int(made.body["id"])


def states(app: GitHub, repo: str, number: int) -> list[str]:
    return [each["state"] for each in app.get(f"/repos/{repo}/deployments/{number}/statuses").body]


def test_a_deployment_is_made_and_followed(place: Place) -> None:
    repo = place.repo()
    app = place.installed(repo)
    number = deploy(app, repo, "web", payload={"a": 1}, description="d")
    path = f"/repos/{repo}/deployments/{number}"
    assert app.get(path).body["performed_via_github_app"]["slug"] == "tidegate"
    body = {"state": "success", "log_url": "http://x/log", "environment_url": "http://x/", "description": "Live"}
    status = app.post(f"{path}/statuses", body)
    assert status.status == 201
    assert app.get(f"{path}/statuses/{status.body['id']}").body["log_url"] == "http://x/log"
    assert [each["id"] for each in app.get(f"/repos/{repo}/deployments", environment="web").body] == [number]
    assert app.get(f"/repos/{repo}/deployments", environment="none-such").body == []
    place.received.wait(repo, "deployment", "created")
    assert app.post(f"{path}/statuses", {"state": "success", "description": "d" * 141}).status == 422
    assert app.wrong("POST", f"{path}/statuses", {"state": "done"}).status == 422
    assert app.post(f"/repos/{repo}/deployments", {"ref": "nowhere"}).status == 422


@pytest.mark.parametrize(
    ("details", "retired"),
    [
        ({}, True),
        ({"transient_environment": True}, False),
        ({"production_environment": True}, False),
    ],
)
def test_success_retires_earlier_ones_but_not_production_or_transient(
    place: Place, details: dict[str, bool], retired: bool
) -> None:
    repo = place.repo()
    app = place.installed(repo)
    first, second = deploy(app, repo, "staging", **details), deploy(app, repo, "staging", **details)
    other = deploy(app, repo, "elsewhere", **details)
    for number in (first, other, second):
        app.post(f"/repos/{repo}/deployments/{number}/statuses", {"state": "success"})
    assert (states(app, repo, first)[0] == "inactive") is retired
    assert states(app, repo, other) == ["success"]
    third = deploy(app, repo, "staging", **details)
    app.post(f"/repos/{repo}/deployments/{third}/statuses", {"state": "success", "auto_inactive": False})
    assert states(app, repo, second) == ["success"]


def test_the_defaults_wait_for_every_context_and_merge(place: Place) -> None:
    repo = place.repo()
    app = place.installed(repo)
    place.control.commit(repo, {"f": "1"}, "Feature", branch="feature")
    place.control.commit(repo, {"m": "1"}, "Main moves on")
    merged = app.post(f"/repos/{repo}/deployments", {"ref": "feature"})
    assert (merged.status, "Auto-merged" in merged.body["message"]) == (202, True)
    assert app.get(f"/repos/{repo}/deployments").body == []
    sha = place.head(repo, "feature")
    app.post(f"/repos/{repo}/statuses/{sha}", {"state": "pending", "context": "ci"})
    assert app.post(f"/repos/{repo}/deployments", {"ref": "feature"}).status == 409
    assert app.post(f"/repos/{repo}/deployments", {"ref": "feature", "required_contexts": []}).status == 201
    place.control.commit(repo, {"f": "conflict"}, "Conflict")
    assert app.post(f"/repos/{repo}/deployments", {"ref": "feature", "required_contexts": []}).status == 409
