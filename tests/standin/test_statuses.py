"""Commit statuses, one by one and combined."""

from __future__ import annotations

from pathlib import Path

import pytest

from standin import statuses
from standin.refusals import Refusal
from standin.world import World
from tests.standin.conftest import Place


def test_statuses_combine_by_context_regardless_of_case(place: Place) -> None:
    repo = place.repo()
    app, sha = place.installed(repo), place.head(repo)
    combined = f"/repos/{repo}/commits/{sha}/status"
    none = app.get(combined).body
    assert (none["state"], none["total_count"]) == ("pending", 0)

    def post(context: str, state: str) -> None:
        body = {"context": context, "state": state, "description": "d", "target_url": "http://x/"}
        assert app.post(f"/repos/{repo}/statuses/{sha}", body).status == 201

    post("Build", "pending")
    post("build", "success")
    assert app.get(combined).body["state"] == "success"
    post("lint", "error")
    assert (app.get(combined).body["state"], app.get(combined).body["total_count"]) == ("failure", 2)
    assert len(app.get(f"/repos/{repo}/commits/{sha}/statuses").body) == 3
    [first, *_] = place.received.wait(repo, "status", count=3)
    assert [branch["name"] for branch in first.payload["branches"]] == ["main"]


def test_a_status_is_checked(place: Place) -> None:
    repo = place.repo()
    app, sha = place.installed(repo), place.head(repo)
    assert app.wrong("POST", f"/repos/{repo}/statuses/{sha}", {"state": "green"}).status == 422
    assert app.post(f"/repos/{repo}/statuses/{sha}", {"state": "success", "description": "d" * 141}).status == 422
    assert app.post(f"/repos/{repo}/statuses/{'f' * 40}", {"state": "success"}).status == 422


def test_a_context_is_full_at_a_thousand(tmp_path: Path) -> None:
    world = World("http://standin.test", tmp_path)
    owner = world.add_user("octo")
    repo = world.add_repo(owner, "full")
    tree = repo.git.with_files(None, {"a": b"1"})
    sha = repo.git.commit_tree(tree, [], "First", world.signature(owner))
    for _ in range(statuses.PER_CONTEXT):
        statuses.create(world, repo, sha, owner, {"state": "pending", "context": "CI"})
    with pytest.raises(Refusal, match="Validation Failed"):
        statuses.create(world, repo, sha, owner, {"state": "pending", "context": "ci"})
    statuses.create(world, repo, sha, owner, {"state": "pending", "context": "other"})
    repo.git.objects.close()
