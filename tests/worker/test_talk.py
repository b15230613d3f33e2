"""The one comment about a pull request's preview: up to date, made once, and only where there is something to say."""

from __future__ import annotations

import pytest

from tests.fakes.pulls import FakeComment
from tests.worker.house import PREVIEWED, WEB, House
from tidegate.facts import PullRequest
from tidegate.repository import Repository


def begin(house: House, file: str = PREVIEWED) -> tuple[Repository, PullRequest]:
    repository = house.repository()
    house.push(repository, {"tidegate.yml": file})
    house.work()
    return repository, house.open(repository)


def only(house: House, repository: Repository, number: int = 1) -> FakeComment:
    (found,) = house.github.comments_of(repository, number)
    return found


def test_tells_of_each_service_and_follows_it(house: House) -> None:
    repository, pull = begin(house)
    house.work()
    comment = only(house, repository)
    row = house.row(repository, pull.head_sha, environment="pr-1")
    for told in ("`web`", "🟢", pull.head_sha[:7], "https://web-pr-1.apps.test", f"/deployments/{row.id}"):
        assert told in comment.body

    bad = house.push_to(repository, 1, {"Dockerfile": "FROM scratch\nRUN exit 3\n"})
    house.work()
    assert only(house, repository) is comment
    assert "🔴" in comment.body
    assert bad[:7] in comment.body


def test_tells_that_it_is_gone_and_how_it_comes_back(house: House) -> None:
    repository, _ = begin(house)
    house.work()
    house.say(repository, 1, "/remove")
    house.watch(40, every=8)
    (comment,) = [each for each in house.github.comments_of(repository, 1) if each.marker == "preview:1"]
    assert "Removed by mona" in comment.body
    assert "`/preview`" in comment.body
    house.github.close_pull(repository, 1)
    house.changed(repository, 1)
    house.work()
    assert "The pull request #1 was closed" in comment.body


@pytest.mark.parametrize("file", [WEB, WEB + "previews:\n  generation: manual\n"])
def test_leaves_a_pull_request_in_peace_that_never_had_a_preview(house: House, file: str) -> None:
    repository, _ = begin(house, file)
    house.work()
    house.push_to(repository, 1)
    house.github.close_pull(repository, 1)
    house.changed(repository, 1)
    house.watch(320, every=20)
    assert house.github.comments_of(repository, 1) == []


def test_is_made_once_though_the_answer_was_lost(house: House) -> None:
    repository, _ = begin(house)
    house.github.down(times=1, method="write_comment", after=True)
    house.watch(30, every=5)
    assert "🟢" in only(house, repository).body


def test_is_made_once_though_the_worker_was_killed_after_sending_it(house: House) -> None:
    repository, _ = begin(house)
    commented = house.store.previews.commented

    def killed(*arguments: object, **more: object) -> None:
        if arguments[2] is not None:
            raise KeyboardInterrupt
        commented(*arguments, **more)  # type: ignore[arg-type]  # handed on as they came

    house.store.previews.commented = killed  # type: ignore[method-assign]  # before its id is noted
    with pytest.raises(KeyboardInterrupt):
        house.work()
    house.store.previews.commented = commented  # type: ignore[method-assign]  # the next worker is well
    house.restart_worker()
    house.clock.advance(60)
    house.watch(60, every=5)
    assert "🟢" in only(house, repository).body


def test_is_made_anew_where_somebody_deleted_it(house: House) -> None:
    repository, _ = begin(house)
    house.work()
    house.github.delete_comment(only(house, repository).id)
    sha = house.push_to(repository, 1)
    house.work()
    assert sha[:7] in only(house, repository).body


def test_is_brought_up_to_date_once_github_is_back_though_nothing_else_happens(house: House) -> None:
    repository, _ = begin(house)
    house.github.down(method="write_comment")
    house.watch(30, every=5)
    assert house.github.comments_of(repository, 1) == []
    house.github.up()
    house.watch(30, every=5)
    assert "🟢" in only(house, repository).body


def test_is_not_written_again_where_nothing_changed(house: House) -> None:
    repository, _ = begin(house)
    house.work()
    house.github.calls.clear()
    house.changed(repository, 1)
    house.watch(320, every=20)
    assert house.github.calls["write_comment"] == 0


def test_that_github_refuses_is_not_tried_forever(house: House) -> None:
    begin(house)
    house.github.refuse("This pull request is locked.", method="write_comment")
    house.watch(30, every=5)
    house.github.calls.clear()
    house.watch(30, every=5)
    assert house.github.calls["write_comment"] == 0
    assert house.serving("web-pr-1") is not None


def test_of_a_fork_says_that_it_waits_for_an_approval(house: House) -> None:
    repository = house.repository()
    house.push(repository, {"tidegate.yml": PREVIEWED})
    house.work()
    house.open(repository, fork_of="stranger")
    house.work()
    assert "somebody with write permission must approve" in only(house, repository).body
