"""Pull requests, who may do what, and the talk between us. Judged on the fake and on the real adapter alike."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.contracts.github_place import OWNER, Place
from tidegate.facts import PullRequest
from tidegate.permission import Permission
from worker.ports import Refused, Unavailable

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
