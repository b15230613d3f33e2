"""Endpoints that no story needs: asked once each, so that their answers are judged too."""

from __future__ import annotations

from tests.standin.conftest import Place
from tests.standin.github import GitHub, app_jwt


def test_what_github_says_about_itself(place: Place) -> None:
    stranger = GitHub(place.api)
    assert stranger.get("/meta").body["hooks"]
    assert stranger.get("/users/octo").body["login"] == "octo"
    assert stranger.get("/users/nobody-here").status == 404
    assert stranger.get("/apps/tidegate").body["slug"] == "tidegate"


def test_an_app_s_installation_is_found_in_every_way(place: Place) -> None:
    repo = place.repo()
    number = place.app.get("/users/octo/installation").body["id"]
    assert place.app.get(f"/app/installations/{number}").body["account"]["login"] == "octo"
    place.control.create_user("acme", "Organization")
    place.control.create_repo("acme/thing", files={"a": "1"})
    assert place.app.get("/orgs/acme/installation").body["target_type"] == "Organization"
    [push] = place.received.wait("acme/thing", "push")
    assert push.payload["organization"]["login"] == "acme"
    token = place.installed(repo)
    assert token.delete("/installation/token").status == 204
    assert token.get(f"/repos/{repo}").status == 401


def test_an_app_moves_its_webhook(place: Place) -> None:
    place.control.create_app("mover", permissions={"metadata": "read"})
    credentials = place.control.app("mover")
    mover = GitHub(place.api, app_jwt(credentials))
    assert mover.patch("/app/hook/config", {"url": "http://127.0.0.1:1/", "secret": "s"}).status == 200
    assert mover.get("/app/hook/config").body["url"] == "http://127.0.0.1:1/"


def test_who_is_renamed_keeps_their_number_and_what_they_were_given(place: Place) -> None:
    repo, number = place.repo(), place.control.create_user("before-it")["id"]
    app, path = place.installed(repo), f"/repos/{repo}/collaborators"
    place.control.set_permission(repo, "before-it", "triage")
    place.control.rename_user("before-it", "After-It")
    assert app.get(f"/user/{number}").body["login"] == "After-It"
    assert app.get(f"{path}/after-it/permission").body["role_name"] == "triage"
    for gone in (f"{path}/before-it/permission", "/users/before-it", "/user/1"):
        assert app.get(gone).status == 404


def test_smaller_things_of_a_repository(place: Place) -> None:
    repo = place.repo()
    app, sha = place.installed(repo), place.head(repo)
    assert app.post(f"/repos/{repo}/check-suites", {"head_sha": sha}).status == 200, "the push has made it already"
    assert [each["ref"] for each in app.get(f"/repos/{repo}/git/matching-refs/heads/ma").body] == ["refs/heads/main"]
    deployment = app.post(f"/repos/{repo}/deployments", {"ref": "main"}).body["id"]
    assert app.delete(f"/repos/{repo}/deployments/{deployment}").status == 204
    assert app.get(f"/repos/{repo}/collaborators/octo").status == 204
    assert app.get(f"/repos/{repo}/collaborators/ghost").status == 404
    assert app.get(f"/repos/{repo}/contents/").body[0]["name"] == "README.md"
    place.control.commit(repo, {"b": "1"}, "Feature", branch="feature")
    number = place.user.post(f"/repos/{repo}/pulls", {"title": "t", "head": "feature", "base": "main"}).body["number"]
    assert app.get(f"/repos/{repo}/issues/{number}").body["pull_request"]
