"""Apps: JWTs, installation tokens with what they may and for how long, rate limits, manifests."""

from __future__ import annotations

import time
from typing import Any

import pytest

from tests.standin.conftest import Place
from tests.standin.github import GitHub, app_jwt


def test_an_app_finds_its_installation_and_mints_a_narrow_token(place: Place) -> None:
    repo = place.repo(private=True)
    other = place.repo(private=True)
    assert place.app.get("/app").body["slug"] == "tidegate"
    assert place.app.get("/app/installations").status == 200
    number = place.app.get(f"/repos/{repo}/installation").body["id"]

    wanted = {"repositories": [repo.split("/")[1]], "permissions": {"checks": "read"}}
    made = place.app.post(f"/app/installations/{number}/access_tokens", wanted)
    assert made.status == 201
    assert made.body["permissions"] == {"metadata": "read", "checks": "read"}
    assert [each["full_name"] for each in made.body["repositories"]] == [repo]

    narrow = GitHub(place.api, made.body["token"])
    sha = place.head(repo)
    assert [each["full_name"] for each in narrow.get("/installation/repositories").body["repositories"]] == [repo]
    assert narrow.get(f"/repos/{repo}/commits/{sha}/check-runs").status == 200
    refused = narrow.post(f"/repos/{repo}/check-runs", {"name": "x", "head_sha": sha})
    assert (refused.status, refused.body["message"]) == (403, "Resource not accessible by integration")
    assert refused.headers["x-accepted-github-permissions"] == "checks=write"
    assert narrow.get(f"/repos/{repo}/contents/README.md").status == 403
    assert narrow.get(f"/repos/{other}").status == 404


@pytest.mark.parametrize(
    "asked", [{"repositories": ["elsewhere"]}, {"repository_ids": [1]}, {"permissions": {"contents": "write"}}]
)
def test_a_token_can_not_be_wider_than_its_installation(place: Place, asked: dict[str, Any]) -> None:
    number = place.app.get(f"/repos/{place.repo()}/installation").body["id"]
    assert place.app.post(f"/app/installations/{number}/access_tokens", asked).status == 422


@pytest.mark.parametrize(
    ("claims", "reason"),
    [
        ({"exp": int(time.time()) - 5}, "'exp'"),
        ({"exp": int(time.time()) + 4000}, "too far in the future"),
        ({"iat": int(time.time()) + 3000}, "'iat'"),
    ],
)
def test_a_jwt_with_wrong_times_is_refused(place: Place, claims: dict[str, int], reason: str) -> None:
    refused = GitHub(place.api, app_jwt(place.credentials["app"], **claims)).get("/app")
    assert refused.status == 401
    assert reason in refused.body["message"]


def test_a_jwt_signed_by_another_key_is_refused(place: Place) -> None:
    forged = {**place.credentials["app"], "private_key": place.credentials["ci"]["private_key"]}
    assert GitHub(place.api, app_jwt(forged)).get("/app").status == 401
    assert GitHub(place.api, app_jwt({**forged, "id": 999_999})).get("/app").status == 404


def test_each_kind_of_caller_is_told_apart(place: Place) -> None:
    repo = place.repo(private=True)
    stranger, bad = GitHub(place.api), GitHub(place.api, "ghs_unknown")
    assert stranger.get(f"/repos/{repo}").status == 404
    assert bad.get(f"/repos/{repo}").body["message"] == "Bad credentials"
    assert place.app.get(f"/repos/{repo}").status == 401
    assert place.installed(repo).get("/app").status == 401
    assert stranger.get("/user").status == 401
    assert place.user.get("/user").body["login"] == "octo"
    token = place.installed(repo)
    assert token.get(f"/repos/{repo}").status == 200
    place.control.expire_tokens("tidegate")
    assert token.get(f"/repos/{repo}").status == 401


def test_an_uninstalled_or_suspended_app_is_locked_out(place: Place) -> None:
    place.control.create_user("leaver")
    place.control.create_repo("leaver/thing", private=True, apps=[])
    number = place.control.install("tidegate", "leaver", ["thing"])
    token = place.installed("leaver/thing")
    assert token.get("/repos/leaver/thing").status == 200
    place.control.change_installation(number, suspended=True)
    assert token.get("/repos/leaver/thing").status == 403
    place.control.change_installation(number, suspended=False)
    place.control.uninstall(number)
    assert token.get("/repos/leaver/thing").status == 401
    assert place.app.get("/repos/leaver/thing/installation").status == 404
    place.control.wait_idle()
    told = [each["request"]["payload"] for each in place.control.deliveries("tidegate", "installation")]
    mine = [each["action"] for each in told if each["installation"]["id"] == number]
    assert mine == ["created", "suspend", "unsuspend", "deleted"]


def test_people_may_do_what_their_permission_says(place: Place) -> None:
    repo = place.repo(private=True)
    reader = place.control.create_user("reader")
    asking = GitHub(place.api, reader["token"])
    assert asking.get(f"/repos/{repo}").status == 404
    place.control.set_permission(repo, "reader", "read")
    assert asking.get(f"/repos/{repo}").body["permissions"]["push"] is False
    assert asking.post(f"/repos/{repo}/deployments", {"ref": "main"}).status == 403
    place.control.set_permission(repo, "reader", "maintain")
    shown = place.installed(repo).get(f"/repos/{repo}/collaborators/reader/permission").body
    assert (shown["permission"], shown["role_name"]) == ("write", "maintain")
    assert [each["full_name"] for each in asking.get("/user/repos").body] == [repo]


def test_limits_are_counted_and_enforced(place: Place) -> None:
    repo = place.repo()
    token, sha = place.installed(repo), place.head(repo)
    place.control.reset_limits()
    place.control.limits(writes_minute=2, primary=6)
    try:
        status = {"state": "pending", "context": "limits"}
        answers = [token.post(f"/repos/{repo}/statuses/{sha}", status) for _ in range(3)]
        assert [answer.status for answer in answers] == [201, 201, 403]
        assert "secondary rate limit" in answers[2].body["message"]
        assert int(answers[2].headers["retry-after"]) > 0
        spent = [token.get(f"/repos/{repo}") for _ in range(4)]
        assert [answer.status for answer in spent] == [200, 200, 200, 403]
        assert spent[-1].headers["x-ratelimit-remaining"] == "0"
        assert token.get("/rate_limit").body["rate"]["remaining"] == 0
    finally:
        place.control.limits(lifted=True)
        place.control.reset_limits()
