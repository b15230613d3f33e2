"""Real git against the stand-in: pushing, fetching by SHA, and who may."""

from __future__ import annotations

import subprocess
from pathlib import Path

from tests.standin.conftest import Checkout, Place


def test_a_push_is_told_with_suites_for_each_app(place: Place, checkout: tuple[str, Checkout]) -> None:
    repo, work = checkout
    first = work.commit({"app/main.py": "print(1)\n", "README.md": "one\n"}, "First\n\nWith a body")
    work.git("push", "-q", "origin", "main")

    [hook] = place.received.wait(repo, "push")
    assert hook.payload["created"] is True
    assert hook.payload["before"] == "0" * 40
    assert hook.payload["after"] == first
    assert hook.payload["head_commit"]["message"] == "First\n\nWith a body"
    assert sorted(hook.payload["head_commit"]["added"]) == ["README.md", "app/main.py"]
    assert hook.payload["head_commit"]["author"]["username"] == "octo"

    suites = place.installed(repo).get(f"/repos/{repo}/commits/{first}/check-suites").body["check_suites"]
    assert {(suite["app"]["slug"], suite["status"], suite["latest_check_runs_count"]) for suite in suites} == {
        ("tidegate", "queued", 0),
        ("ci", "queued", 0),
    }
    place.received.wait(repo, "check_suite", "requested")


def test_each_kind_of_push_says_what_it_is(place: Place, checkout: tuple[str, Checkout]) -> None:
    repo, work = checkout
    first = work.commit({"a": "1"}, "First")
    work.git("push", "-q", "origin", "main")
    second = work.commit({"a": "2", "b": "1"}, "Second")
    third = work.commit({"a": "3"}, "Third")
    work.git("push", "-q", "origin", "main")
    work.git("reset", "-q", "--hard", first)
    other = work.commit({"c": "1"}, "Other")
    work.git("push", "-q", "-f", "origin", "main")
    work.git("push", "-q", "origin", "main:refs/heads/feature/x")
    work.git("push", "-q", "origin", ":refs/heads/feature/x")

    hooks = [hook.payload for hook in place.received.wait(repo, "push", count=5)]
    by_tip = {(hook["ref"], hook["after"]): hook for hook in hooks}
    update = by_tip["refs/heads/main", third]
    assert [commit["id"] for commit in update["commits"]] == [second, third]
    assert (update["commits"][0]["added"], update["commits"][0]["modified"]) == (["b"], ["a"])
    assert by_tip["refs/heads/main", other]["forced"] is True
    branch = by_tip["refs/heads/feature/x", other]
    assert (branch["created"], branch["commits"]) == (True, [])
    gone = by_tip["refs/heads/feature/x", "0" * 40]
    assert (gone["deleted"], gone["head_commit"]) == (True, None)
    [deleted] = place.received.wait(repo, "delete")
    assert (deleted.payload["ref"], deleted.payload["ref_type"]) == ("feature/x", "branch")


def test_any_commit_is_fetched_by_sha_with_an_installation_token(
    place: Place, checkout: tuple[str, Checkout], tmp_path: Path
) -> None:
    repo, work = checkout
    first = work.commit({"a": "1"}, "First")
    work.commit({"a": "2"}, "Second")
    work.git("push", "-q", "origin", "main")
    token = place.control.installation_token("tidegate", repo)

    fetched = Checkout(tmp_path / "fetched", place.control.clone_url(repo, token))
    fetched.git("fetch", "-q", "--depth=1", "origin", first)
    assert fetched.git("rev-parse", "FETCH_HEAD") == first
    header = f"http.extraHeader=Authorization: Bearer {token}"
    plain = f"{place.control.url}/{repo}.git"
    assert first not in fetched.git("-c", header, "ls-remote", plain, "refs/heads/main")
    refused = fetched.git("push", "origin", "FETCH_HEAD:refs/heads/mine", fails=True)
    assert "403" in refused, "the App has contents:read only"


def test_a_clone_checks_out_the_default_branch_wherever_it_is_moved(
    place: Place, checkout: tuple[str, Checkout]
) -> None:
    repo, work = checkout
    work.commit({"a": "1"})
    work.git("push", "-q", "origin", "main", "main:refs/heads/trunk")
    assert "refs/heads/main\tHEAD" in work.git("ls-remote", "--symref", "origin", "HEAD")
    place.control.change_repo(repo, default_branch="trunk")
    assert "refs/heads/trunk\tHEAD" in work.git("ls-remote", "--symref", "origin", "HEAD")
    fork = place.control.create_repo("forker/copy", fork_of=repo)
    assert fork["default_branch"] == "trunk"


def test_a_private_repository_is_closed_to_strangers_and_old_tokens(
    place: Place, checkout: tuple[str, Checkout]
) -> None:
    repo, work = checkout
    work.commit({"a": "1"})
    work.git("push", "-q", "origin", "main")
    asked = subprocess.run(
        ["git", "ls-remote", f"{place.control.url}/{repo}.git"],
        env={"PATH": "/usr/bin:/bin", "GIT_TERMINAL_PROMPT": "0", "GIT_ASKPASS": "true"},
        capture_output=True,
        check=False,
    )
    assert asked.returncode != 0
    token = place.control.installation_token("tidegate", repo)
    place.control.expire_tokens("tidegate")
    work.git("ls-remote", place.control.clone_url(repo, token), fails=True)


def test_more_than_three_tags_at_once_are_silent(place: Place, checkout: tuple[str, Checkout]) -> None:
    repo, work = checkout
    work.commit({"a": "1"})
    work.git("push", "-q", "origin", "main")
    for number in range(4):
        work.git("tag", f"v{number}")
    work.git("push", "-q", "origin", "--tags")
    work.git("tag", "single")
    work.git("push", "-q", "origin", "single")
    place.received.wait(repo, "push", count=2)
    assert place.control.wait_idle()
    assert [hook.payload["ref"] for hook in place.received.of(repo, "push")] == ["refs/heads/main", "refs/tags/single"]
