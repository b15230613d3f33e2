"""The ports to GitHub, judged alike on the fake and on the stand-in through the real adapter.

What the adapter asks is judged besides by GitHub's own OpenAPI description.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from standin.client import StandIn
from standin.process import running
from tests.contracts.github_places import FakePlace, Place, StandInPlace
from tests.standin.openapi import judge
from worker.ports import Annotation, CheckOutput, DeploymentState, Refused, Unavailable

ZERO = "0" * 40
SHOWN = CheckOutput(
    name="tidegate / web",
    sha="",
    status="in_progress",
    conclusion=None,
    title="Building",
    summary="The image is being built.",
    text="",
    details_url="http://tidegate.test/deployments/d1",
)


@pytest.fixture(scope="module")
def standin(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[StandIn, dict[str, Any]]]:
    with running(tmp_path_factory.mktemp("standin"), "--no-limits") as credentials:
        control = StandIn(credentials["url"])
        control.keep_bodies()
        yield control, credentials
        asked = control.calls(app="tidegate", kind="rest")
        assert asked
        for call in asked:
            judge().recorded(call)
        control.close()


@pytest.fixture(params=["fake", "stand-in"])
def place(request: pytest.FixtureRequest) -> Iterator[Place]:
    if request.param == "fake":
        yield FakePlace()
        return
    control, credentials = request.getfixturevalue("standin")
    made = StandInPlace(control, credentials)
    yield made
    control.clear_faults()
    made.github.close()


def failed(sha: str, annotations: int = 0) -> CheckOutput:
    return replace(
        SHOWN,
        sha=sha,
        status="completed",
        conclusion="failure",
        annotations=tuple(Annotation("Dockerfile", line + 1, "failed", "RUN") for line in range(annotations)),
        actions=(("Redeploy", "Deploys this commit again", "redeploy"),),
    )


# Reading


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


def test_a_clone_url_holds_no_credentials(place: Place) -> None:
    url, token = place.github.clone_url(place.repository)
    assert url.endswith(f"/{place.repository.full_name}.git")
    assert "@" not in url
    assert token
    assert token not in url


# Reporting


def test_a_deployment_is_created_and_goes_through_its_states(place: Place) -> None:
    sha = place.push({"a": "1"})
    made = place.github.create_deployment(place.repository, sha, "web", "d1", production=True, attempted=False)
    for state in ("queued", "in_progress", "success", "inactive"):
        shown = DeploymentState(state, "x" * 500, "http://tidegate.test/d1", "http://web.test")
        place.github.deployment_state(place.repository, made, shown)
    assert place.deployments() == [("web", "d1", ["queued", "in_progress", "success", "inactive"])]


def test_a_deployment_whose_answer_was_lost_is_found_and_not_made_twice(place: Place) -> None:
    sha = place.push({"a": "1"})
    other = place.github.create_deployment(place.repository, sha, "web", "d0", production=True, attempted=False)
    place.lose_answer("create_deployment")
    with pytest.raises(Unavailable):
        place.github.create_deployment(place.repository, sha, "web", "d1", production=True, attempted=False)
    found = place.github.create_deployment(place.repository, sha, "web", "d1", production=True, attempted=True)
    assert found != other
    assert [(environment, marker) for environment, marker, _ in place.deployments()] == [("web", "d0"), ("web", "d1")]


def test_a_deployment_that_never_got_through_is_made_at_the_second_try(place: Place) -> None:
    sha = place.push({"a": "1"})
    place.fail("create_deployment")
    with pytest.raises(Unavailable):
        place.github.create_deployment(place.repository, sha, "web", "d1", production=False, attempted=False)
    place.github.create_deployment(place.repository, sha, "web", "d1", production=False, attempted=True)
    assert [marker for _, marker, _ in place.deployments()] == ["d1"]


def test_a_check_run_is_created_and_then_updated(place: Place) -> None:
    sha = place.push({"a": "1"})
    run = place.github.write_check(place.repository, None, replace(SHOWN, sha=sha), "d1", attempted=False)
    assert place.github.write_check(place.repository, run, failed(sha), "d1", attempted=False) == run
    assert place.runs(sha) == [("tidegate / web", "d1", "failure", 0)]
    ours = [check for check in place.github.checks(place.repository, sha) if check.id == run]
    assert [check.conclusion for check in ours] == ["failure"], "the gate sees our runs, and excludes them by app"


def test_a_check_run_whose_answer_was_lost_is_found_and_not_made_twice(place: Place) -> None:
    sha = place.push({"a": "1"})
    place.lose_answer("write_check")
    with pytest.raises(Unavailable):
        place.github.write_check(place.repository, None, failed(sha, annotations=3), "d1", attempted=False)
    place.github.write_check(place.repository, None, failed(sha, annotations=3), "d1", attempted=True)
    assert place.runs(sha) == [("tidegate / web", "d1", "failure", 3)]


def test_many_annotations_all_arrive_and_none_twice(place: Place) -> None:
    sha = place.push({"a": "1"})
    run = place.github.write_check(place.repository, None, failed(sha, annotations=120), "d1", attempted=False)
    place.github.write_check(place.repository, run, failed(sha, annotations=120), "d1", attempted=False)
    assert place.runs(sha) == [("tidegate / web", "d1", "failure", 120)]


def test_a_commit_status_is_set_again_and_again(place: Place) -> None:
    sha = place.push({"a": "1"})
    for state in ("pending", "success"):
        place.github.commit_status(place.repository, sha, "tidegate / web", state, "y" * 500, "http://tidegate.test/d1")
    assert place.statuses(sha) == [("tidegate / web", "pending"), ("tidegate / web", "success")]


# Bad days


def test_a_limit_says_when_to_come_back(place: Place) -> None:
    sha = place.push({"a": "1"})
    place.limit("commit_status", 47)
    with pytest.raises(Unavailable) as trouble:
        place.github.commit_status(place.repository, sha, "tidegate / web", "success", "", "http://tidegate.test/d1")
    assert trouble.value.retry_after == 47
    assert place.statuses(sha) == []


def test_github_down_is_unavailable_and_passes(place: Place) -> None:
    sha = place.push({"a": "1"})
    place.fail("checks")
    with pytest.raises(Unavailable):
        place.github.checks(place.repository, sha)
    assert place.github.checks(place.repository, sha) == []


def test_a_repository_that_was_deleted_is_refused_and_never_read_as_empty(place: Place) -> None:
    sha = place.push({"tidegate.yml": "services: []\n"})
    place.delete()
    with pytest.raises(Refused):
        place.github.commit(place.repository, sha)
    with pytest.raises(Refused):
        place.github.deploy_file(place.repository, sha)
    with pytest.raises(Refused):
        place.github.branch_head(place.repository, "main")
    with pytest.raises(Refused):
        place.github.checks(place.repository, sha)
    with pytest.raises(Refused):
        place.github.create_deployment(place.repository, sha, "web", "d1", production=True, attempted=False)


def test_a_repository_that_was_renamed_answers_to_its_old_name(place: Place) -> None:
    sha = place.push({"a": "1"})
    place.rename("renamed-" + place.repository.name)
    assert place.github.commit(place.repository, sha).sha == sha
    place.github.create_deployment(place.repository, sha, "web", "d1", production=True, attempted=False)
    assert [marker for _, marker, _ in place.deployments()] == ["d1"]
