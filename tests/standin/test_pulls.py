"""Pull requests from branches and forks; labels, comments, reactions."""

from __future__ import annotations

from tests.standin.conftest import Place
from tests.standin.github import GitHub


def opened(place: Place, repo: str, **details: str) -> int:
    place.control.commit(repo, {"feature.txt": "1\n"}, "Feature", branch="feature")
    made = place.user.post(f"/repos/{repo}/pulls", {"title": "A feature", "head": "feature", "base": "main", **details})
    assert made.status == 201, made.body
    return int(made.body["number"])


def test_a_pull_request_from_opening_to_merge(place: Place) -> None:
    repo = place.repo()
    number = opened(place, repo, body="Please")
    app, path = place.installed(repo), f"/repos/{repo}/pulls/{number}"
    assert app.get(path).body["changed_files"] == 1
    assert [each["number"] for each in app.get(f"/repos/{repo}/pulls", state="open", head="octo:feature").body] == [
        number
    ]
    assert [each["filename"] for each in app.get(f"{path}/files").body] == ["feature.txt"]
    assert len(app.get(f"{path}/commits").body) == 1
    head = place.head(repo, "feature")
    assert [each["number"] for each in app.get(f"/repos/{repo}/commits/{head}/pulls").body] == [number]
    moved = place.control.commit(repo, {"feature.txt": "2\n"}, "More", branch="feature")
    [told] = place.received.wait(repo, "pull_request", "synchronize")
    assert (told.payload["before"], told.payload["after"]) == (head, moved)
    again = {"title": "Again", "head": "feature", "base": "main"}
    assert place.user.post(f"/repos/{repo}/pulls", again).status == 422
    assert app.patch(path, {"title": "Better"}).body["title"] == "Better"
    [edited] = place.received.wait(repo, "pull_request", "edited")
    assert edited.payload["changes"] == {"title": {"from": "A feature"}}
    merged = place.user.put(f"{path}/merge", {})
    assert (merged.status, place.head(repo)) == (200, merged.body["sha"])
    [closed] = place.received.wait(repo, "pull_request", "closed")
    assert closed.payload["pull_request"]["merged"] is True
    assert app.get(f"/repos/{repo}/pulls", state="closed").body[0]["merged_at"]


def test_closing_and_reopening(place: Place) -> None:
    repo = place.repo()
    path = f"/repos/{repo}/pulls/{opened(place, repo)}"
    assert place.user.patch(path, {"state": "closed"}).body["state"] == "closed"
    assert place.user.patch(path, {"state": "open"}).body["state"] == "open"
    place.user.delete(f"/repos/{repo}/git/refs/heads/feature")
    closed = place.received.wait(repo, "pull_request", "closed", count=2)
    assert closed[-1].payload["pull_request"]["merged"] is False
    assert place.user.patch(path, {"state": "open"}).status == 422


def test_labels_come_and_go(place: Place) -> None:
    repo = place.repo()
    number = opened(place, repo)
    labels = f"/repos/{repo}/issues/{number}/labels"
    assert place.user.post(labels, {"labels": ["tidegate-preview"]}).status == 200
    [told] = place.received.wait(repo, "pull_request", "labeled")
    assert told.payload["label"]["name"] == "tidegate-preview"
    assert [each["name"] for each in place.installed(repo).get(labels).body] == ["tidegate-preview"]
    assert place.user.delete(f"{labels}/tidegate-preview").body == []
    assert place.user.delete(f"{labels}/tidegate-preview").status == 404
    place.received.wait(repo, "pull_request", "unlabeled")


def test_comments_are_written_changed_and_reacted_to(place: Place) -> None:
    repo = place.repo()
    number = opened(place, repo)
    app = place.installed(repo)
    made = app.post(f"/repos/{repo}/issues/{number}/comments", {"body": "Preview: soon"})
    assert (made.status, made.body["user"]["login"], made.body["performed_via_github_app"]["slug"]) == (
        201,
        "tidegate[bot]",
        "tidegate",
    )
    path = f"/repos/{repo}/issues/comments/{made.body['id']}"
    assert app.patch(path, {"body": "Preview: live"}).body["body"] == "Preview: live"
    assert [each["body"] for each in app.get(f"/repos/{repo}/issues/{number}/comments").body] == ["Preview: live"]
    asked = place.user.post(f"/repos/{repo}/issues/{number}/comments", {"body": "/deploy"})
    reactions = f"/repos/{repo}/issues/comments/{asked.body['id']}/reactions"
    assert app.post(reactions, {"content": "rocket"}).status == 201
    assert app.post(reactions, {"content": "rocket"}).status == 200
    assert [each["content"] for each in app.get(reactions).body] == ["rocket"]
    assert app.get(f"/repos/{repo}/issues/comments/{asked.body['id']}").body["reactions"]["rocket"] == 1
    told = place.received.wait(repo, "issue_comment", "created", count=2)
    assert told[1].payload["comment"]["author_association"] == "OWNER"
    assert "pull_request" in told[1].payload["issue"]
    assert place.user.delete(path).status == 204
    assert app.get(path).status == 404


def test_a_fork_s_pull_request_is_found_by_sha_and_not_by_its_checks(place: Place) -> None:
    repo = place.repo()
    forker = place.control.create_user("forker")
    fork = f"forker/{repo.split('/')[1]}"
    place.control.create_repo(fork, fork_of=repo, apps=[])
    sha = place.control.commit(fork, {"evil.txt": "1\n"}, "From a fork", branch="topic", author="forker")
    theirs = GitHub(place.api, forker["token"])
    made = theirs.post(f"/repos/{repo}/pulls", {"title": "Fork", "head": "forker:topic", "base": "main"})
    assert made.status == 201
    assert made.body["head"]["repo"]["fork"] is True
    [told] = place.received.wait(repo, "pull_request", "opened")
    assert told.payload["pull_request"]["head"]["repo"]["full_name"] == fork
    app = place.installed(repo)
    assert [each["number"] for each in app.get(f"/repos/{repo}/commits/{sha}/pulls").body] == [made.body["number"]]
    run = app.post(f"/repos/{repo}/check-runs", {"name": "preview", "head_sha": sha}).body
    assert run["pull_requests"] == []
    suite = app.get(f"/repos/{repo}/check-suites/{run['check_suite']['id']}").body
    assert suite["head_branch"] is None
    permission = app.get(f"/repos/{repo}/collaborators/forker/permission").body
    assert permission["permission"] == "read"
