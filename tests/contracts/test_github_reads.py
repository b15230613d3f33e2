"""What GitHub says about a commit, a branch, a repository. Judged on the fake and on the real adapter alike."""

from __future__ import annotations

import pytest

from tests.contracts.github_place import Place
from worker.ports import Refused

ZERO = "0" * 40


def test_a_commit_is_told_with_its_tree_its_whole_message_and_its_author(place: Place) -> None:
    first = place.push({"a": "1"}, "Subject\n\nBody [skip deploy]")
    again = place.push({"a": "2"})
    back = place.push({"a": "1"})
    told = place.github.commit(place.repository, first)
    assert (told.sha, told.message, told.author) == (first, "Subject\n\nBody [skip deploy]", "octo")
    assert told.tree == place.github.commit(place.repository, back).tree
    assert told.tree != place.github.commit(place.repository, again).tree


def test_a_commit_that_is_not_there_is_refused(place: Place) -> None:
    place.push({"a": "1"})
    with pytest.raises(Refused):
        place.github.commit(place.repository, ZERO)


def test_the_deploy_file_is_read_at_the_commit_and_not_at_the_tip(place: Place) -> None:
    without = place.push({"a": "1"})
    first = place.push({"tidegate.yml": "services: []  # größer\n"})
    place.push({"tidegate.yml": "services: [x]\n"})
    assert place.github.deploy_file(place.repository, first) == "services: []  # größer\n"
    assert place.github.deploy_file(place.repository, without) is None


def test_no_deploy_file_is_told_apart_from_no_commit(place: Place) -> None:
    place.push({"a": "1"})
    with pytest.raises(Refused):
        place.github.deploy_file(place.repository, ZERO)


def test_a_file_is_read_at_the_commit(place: Place) -> None:
    without = place.push({"a": "1"})
    sha = place.push({"deep/Dockerfile": "FROM scratch\n"})
    assert place.github.file(place.repository, sha, "deep/Dockerfile") == "FROM scratch\n"
    assert place.github.file(place.repository, without, "deep/Dockerfile") is None
    assert place.github.file(place.repository, sha, "deep") is None, "a directory is none"


def test_the_paths_of_a_commit_s_files_are_listed_however_deep(place: Place) -> None:
    first = place.push({"a": "1", "deep/er/b": "2"})
    place.push({"deep/er/b": None, "c": "3"})
    assert place.github.paths(place.repository, first) == {"a", "deep/er/b"}
    with pytest.raises(Refused):
        place.github.paths(place.repository, ZERO)


def test_changes_list_what_was_added_changed_and_removed_over_all_commits(place: Place) -> None:
    base = place.push({"kept": "1", "changed": "1", "removed": "1"})
    place.push({"added/below": "1", "changed": "2"})
    head = place.push({"removed": None})
    told = place.github.changes(place.repository, base, head)
    assert told.paths == {"added/below", "changed", "removed"}
    assert told.unknown is None


def test_a_rename_counts_under_both_names(place: Place) -> None:
    text = "".join(f"line {number}\n" for number in range(50))
    base = place.push({"old": text})
    head = place.push({"old": None, "new": text})
    assert place.github.changes(place.repository, base, head).paths == {"old", "new"}


def test_nothing_changed_between_a_commit_and_itself(place: Place) -> None:
    sha = place.push({"a": "1"})
    told = place.github.changes(place.repository, sha, sha)
    assert (told.paths, told.unknown) == (frozenset(), None)


def test_what_cannot_be_compared_is_unknown_and_says_why(place: Place) -> None:
    base = place.push({"a": "1"})
    side = place.push({"b": "1"}, branch="side")
    head = place.push({"c": "1"})
    for from_, to in [(ZERO, head), (head, base), (side, head)]:
        assert place.github.changes(place.repository, from_, to).unknown, (from_, to)


def test_a_list_that_github_cuts_is_unknown(place: Place) -> None:
    base = place.push({"a": "1"})
    head = place.push({f"files/{number}": "1" for number in range(301)})
    assert "300" in (place.github.changes(place.repository, base, head).unknown or "")


def test_checks_tell_running_and_concluded_ones_with_their_app(place: Place) -> None:
    sha = place.push({"a": "1"})
    assert place.github.checks(place.repository, sha) == []
    place.check(sha, "lint", "success")
    place.check(sha, "test", None)
    lint, test = sorted(place.github.checks(place.repository, sha), key=lambda check: check.name)
    assert (lint.name, lint.status, lint.conclusion) == ("lint", "completed", "success")
    assert (test.name, test.status, test.conclusion, test.completed_at) == ("test", "in_progress", None, None)
    assert lint.app_id == test.app_id is not None
    assert lint.completed_at is not None
    assert lint.completed_at.tzinfo is not None


def test_only_the_latest_run_of_a_name_counts(place: Place) -> None:
    sha = place.push({"a": "1"})
    place.check(sha, "test", "failure")
    place.check(sha, "test", "success")
    assert [check.conclusion for check in place.github.checks(place.repository, sha)] == ["success"]


def test_statuses_are_the_newest_of_each_context(place: Place) -> None:
    sha = place.push({"a": "1"})
    assert place.github.statuses(place.repository, sha) == []
    for context, state in [("lint", "pending"), ("old/ci", "failure"), ("Lint", "success"), ("slow", "pending")]:
        place.status(sha, context, state)
    place.status(sha, "broken", "error")
    told = {each.name.lower(): each for each in place.github.statuses(place.repository, sha)}
    assert {name: (each.status, each.conclusion) for name, each in told.items()} == {
        "lint": ("completed", "success"),
        "old/ci": ("completed", "failure"),
        "slow": ("pending", None),
        "broken": ("completed", "failure"),
    }
    assert {each.app_id for each in told.values()} == {None}
    assert [name for name, each in told.items() if each.completed_at is None] == ["slow"]


def test_statuses_of_no_commit_are_refused(place: Place) -> None:
    place.push({"a": "1"})
    with pytest.raises(Refused):
        place.github.statuses(place.repository, ZERO)


def test_a_branch_a_tag_and_a_sha_however_short_name_a_commit(place: Place) -> None:
    first = place.push({"a": "1"})
    tip = place.push({"a": "2"}, branch="feature/some-thing")
    place.tag("v1.0", first)
    for ref, sha in {"main": first, "feature/some-thing": tip, "v1.0": first, tip: tip, tip[:7]: tip}.items():
        assert place.github.resolve(place.repository, ref) == place.github.commit(place.repository, sha), ref


@pytest.mark.parametrize(
    "ref",
    ["nowhere", ZERO, "", "main^", "main~1", "@{-1}", "a b", "../../user", "v1.", "-f", "a//b", "x/.y", "oc:main"],
)
def test_what_names_no_commit_resolves_to_none(place: Place, ref: str) -> None:
    place.push({"a": "1"})
    assert place.github.resolve(place.repository, ref) is None


def test_branches_and_tags_lead_to_a_repository_s_own_commits_and_not_to_a_fork_s(place: Place) -> None:
    first = place.push({"a": "1"})
    place.push({"a": "2"})
    below = place.push({"a": "3"}, branch="feature/some-thing")
    place.push({"a": "4"}, branch="feature/some-thing")
    tagged = place.push({"a": "5"}, branch="side")
    place.tag("v1.0", tagged)
    own, foreign = place.open_pull("own"), place.open_pull("theirs", fork_of="stranger")
    for sha in (first, below, tagged, _head(place, own)):
        assert place.github.holds(place.repository, sha), sha
    stranger = _head(place, foreign)
    assert place.github.resolve(place.repository, stranger), "GitHub serves a fork's commit in the parent"
    assert not place.github.holds(place.repository, stranger)


def _head(place: Place, number: int) -> str:
    pull = place.github.pull(place.repository, number)
    assert pull is not None
    return pull.head_sha


def test_nothing_resolves_in_a_repository_without_a_commit(place: Place) -> None:
    assert place.github.resolve(place.repository, "main") is None


def test_a_branch_tells_its_tip_or_that_it_is_gone(place: Place) -> None:
    place.push({"a": "1"})
    tip = place.push({"a": "2"}, branch="feature/some-thing")
    told = place.github.branch_head(place.repository, "feature/some-thing")
    assert told == place.github.commit(place.repository, tip)
    assert place.github.branch_head(place.repository, "nowhere") is None


def test_a_subtree_is_named_by_its_content(place: Place) -> None:
    def tree(sha: str, path: str) -> str | None:
        return place.github.subtree(place.repository, place.github.commit(place.repository, sha).tree, path)

    first = place.push({"apps/web/a": "1", "apps/api/a": "1", "top": "1"})
    second = place.push({"top": "2", "apps/api/a": "2"})
    assert tree(first, "apps/web") == tree(second, "apps/web") is not None
    assert tree(first, "apps/api") != tree(second, "apps/api")
    assert tree(first, "apps/none/below") is None
    assert tree(first, "top") is None, "a file is no tree"


def test_every_repository_is_listed_for_the_sweep(place: Place) -> None:
    assert place.repository in place.github.repositories()


def test_an_archived_repository_is_not_listed_any_more(place: Place) -> None:
    place.push({"a": "1"})
    place.archive()
    assert place.repository not in place.github.repositories()


def test_a_clone_url_holds_no_credentials(place: Place) -> None:
    url, token = place.github.clone_url(place.repository)
    assert url.endswith(f"/{place.repository.full_name}.git")
    assert "@" not in url
    assert token
    assert token not in url
