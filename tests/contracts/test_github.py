"""The ports to GitHub, judged alike on the fake and on the stand-in through the real adapter.

What the adapter asks is judged besides by GitHub's own OpenAPI description.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from standin.client import StandIn
from standin.process import running
from tests.contracts.github_fake import FakePlace
from tests.contracts.github_place import OWNER, Place
from tests.contracts.github_places import StandInPlace
from tests.standin.openapi import judge
from tidegate.facts import PullRequest
from tidegate.permission import Permission
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
    # Nobody listens at the webhooks' address, so that every delivery is in GitHub's list and nowhere else.
    options = ("--no-limits", "--webhook-url", "http://127.0.0.1:9/nobody")
    with running(tmp_path_factory.mktemp("standin"), *options) as credentials:
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


# Pull requests, and who may do what


def test_a_pull_request_is_told_as_it_is_now(place: Place) -> None:
    place.push({"a": "1"})
    number = place.open_pull("feature/one", "Add [tidegate preview]", draft=True)
    opened = place.github.pull(place.repository, number)
    assert opened == PullRequest(
        number=number,
        title="Add [tidegate preview]",
        author=OWNER,
        open=True,
        merged=False,
        draft=True,
        head_sha=opened.head_sha if opened else "",
        head_branch="feature/one",
        head_repository_id=place.repository.id,
        base_branch="main",
        labels=frozenset(),
    )
    pushed = place.push_pull(number)
    place.label(number, "tidegate-preview")
    place.label(number, "Bug")
    place.retitle(number, "Done")
    assert place.github.pull(place.repository, number) == replace(
        opened, head_sha=pushed, labels=frozenset({"tidegate-preview", "Bug"}), title="Done"
    )
    place.label(number, "Bug", on=False)
    now = place.github.pull(place.repository, number)
    assert now is not None
    assert now.labels == {"tidegate-preview"}


def test_a_forks_pull_request_is_told_apart_and_its_commits_are_readable_here(place: Place) -> None:
    place.push({"tidegate.yml": "services: []\n"})
    number = place.open_pull("patch", fork_of="mallory")
    told = place.github.pull(place.repository, number)
    assert told is not None
    assert told.is_fork_of(place.repository.id)
    assert told.head_branch == "patch"
    assert place.github.commit(place.repository, told.head_sha).sha == told.head_sha
    assert place.github.deploy_file(place.repository, told.head_sha) == "services: []\n"
    pushed = place.push_pull(number)
    again = place.github.pull(place.repository, number)
    assert again == replace(told, head_sha=pushed)
    assert place.github.branch_head(place.repository, "patch") is None, "it is a branch of the fork"


def test_open_pull_requests_are_listed_until_they_are_closed_or_merged(place: Place) -> None:
    place.push({"a": "1"})
    numbers = [place.open_pull(f"branch-{count}") for count in range(4)]
    closed, merged, again, stays = numbers
    place.close_pull(closed)
    place.close_pull(merged, merged=True)
    place.close_pull(again)
    place.reopen_pull(again)
    listed = place.github.open_pulls(place.repository)
    assert [each.number for each in listed] == [stays, again]
    assert listed == [place.github.pull(place.repository, number) for number in (stays, again)]
    ended = [place.github.pull(place.repository, number) for number in (closed, merged)]
    assert [(each.open, each.merged) for each in ended if each] == [(False, False), (False, True)]


def test_no_such_pull_request_is_told_apart_from_no_repository(place: Place) -> None:
    place.push({"a": "1"})
    assert place.github.pull(place.repository, 4711) is None
    assert place.github.pull(place.repository, 4711, spare=True) is None
    place.delete()
    with pytest.raises(Refused):
        place.github.pull(place.repository, 4711)
    with pytest.raises(Refused):
        place.github.open_pulls(place.repository)


@pytest.mark.parametrize("permission", list(Permission))
def test_a_permission_is_what_github_says_now(place: Place, permission: Permission) -> None:
    place.permit("mona", permission)
    assert place.github.permission(place.repository, "mona") is permission
    place.permit("mona", Permission.READ)
    assert place.github.permission(place.repository, "Mona") is Permission.READ


@pytest.mark.parametrize("login", ["nobody-at-all", "dependabot[bot]", "", "a/b"])
def test_who_is_no_collaborator_may_do_nothing(place: Place, login: str) -> None:
    assert place.github.permission(place.repository, login) is Permission.NONE


def test_the_owner_may_do_everything(place: Place) -> None:
    assert place.github.permission(place.repository, OWNER) is Permission.ADMIN


def test_permissions_in_a_repository_that_is_gone_are_refused_and_not_none(place: Place) -> None:
    place.delete()
    with pytest.raises(Refused):
        place.github.permission(place.repository, OWNER)


# Deliveries that can't be sent to us


def test_deliveries_are_listed_oldest_first_with_their_payloads(place: Place) -> None:
    began = datetime.now(UTC) - timedelta(seconds=2)
    pushed = [place.push({"a": str(count)}) for count in range(3)]
    place.settle()
    listed = [each for each in place.github.deliveries(began) if each.event == "push"]
    payloads = [json.loads(place.github.payload(each.id)) for each in listed]
    ours = [payload["after"] for payload in payloads if payload["repository"]["id"] == place.repository.id]
    assert ours == pushed
    assert len({each.guid for each in listed}) == len(listed)
    assert all(began <= each.at <= datetime.now(UTC) + timedelta(seconds=1) for each in listed)
    assert place.github.deliveries(datetime.now(UTC) + timedelta(minutes=1)) == []


def test_a_delivery_that_is_not_kept_is_refused(place: Place) -> None:
    with pytest.raises(Refused):
        place.github.payload(1)


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


# Talking


def test_a_comment_is_written_once_and_then_edited_in_place(place: Place) -> None:
    place.push({"a": "1"})
    number = place.open_pull("feature")
    made = place.github.write_comment(place.repository, number, None, "**Building**", "p1", attempted=False)
    assert place.github.write_comment(place.repository, number, made, "Live", "p1", attempted=False) == made
    [(comment, author, shown)] = place.comments(number)
    assert (comment, author, shown) == (made, "tidegate[bot]", "Live")


def test_a_comment_whose_answer_was_lost_is_found_and_not_made_twice(place: Place) -> None:
    place.push({"a": "1"})
    number = place.open_pull("feature")
    other = place.github.write_comment(place.repository, number, None, "Another", "p0", attempted=False)
    place.lose_answer("write_comment")
    with pytest.raises(Unavailable):
        place.github.write_comment(place.repository, number, None, "Building", "p1", attempted=False)
    found = place.github.write_comment(place.repository, number, None, "Live", "p1", attempted=True)
    assert found != other
    assert [shown for _, _, shown in place.comments(number)] == ["Another", "Live"]


def test_a_comment_that_never_got_through_is_made_at_the_second_try(place: Place) -> None:
    place.push({"a": "1"})
    number = place.open_pull("feature")
    place.fail("write_comment")
    with pytest.raises(Unavailable):
        place.github.write_comment(place.repository, number, None, "Building", "p1", attempted=False)
    place.github.write_comment(place.repository, number, None, "Live", "p1", attempted=True)
    assert [shown for _, _, shown in place.comments(number)] == ["Live"]


def test_a_comment_that_somebody_deleted_is_made_anew_once(place: Place) -> None:
    place.push({"a": "1"})
    number = place.open_pull("feature")
    made = place.github.write_comment(place.repository, number, None, "Live", "p1", attempted=False)
    place.delete_comment(made)
    place.lose_answer("write_comment")
    with pytest.raises(Unavailable):
        place.github.write_comment(place.repository, number, made, "Live again", "p1", attempted=False)
    again = place.github.write_comment(place.repository, number, made, "Live at last", "p1", attempted=False)
    assert again != made
    assert [shown for _, _, shown in place.comments(number)] == ["Live at last"]


def test_who_quotes_our_comment_is_not_taken_for_us(place: Place) -> None:
    place.push({"a": "1"})
    number = place.open_pull("feature")
    place.comment(number, "<!-- tidegate:p1 -->")
    made = place.github.write_comment(place.repository, number, None, "Live", "p1", attempted=True)
    assert [(comment, author) for comment, author, _ in place.comments(number)][1:] == [(made, "tidegate[bot]")]


def test_a_comment_on_no_pull_request_is_refused(place: Place) -> None:
    place.push({"a": "1"})
    with pytest.raises(Refused):
        place.github.write_comment(place.repository, 4711, None, "Live", "p1", attempted=False)


def test_a_reaction_is_given_once_however_often(place: Place) -> None:
    place.push({"a": "1"})
    number = place.open_pull("feature")
    comment = place.comment(number, "/deploy")
    for content in ("eyes", "rocket", "eyes"):
        place.github.react(place.repository, comment, content)
    assert place.reactions(comment) == ["eyes", "rocket"]
    place.delete_comment(comment)
    with pytest.raises(Refused):
        place.github.react(place.repository, comment, "eyes")


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
