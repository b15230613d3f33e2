"""An answer to a comment comes back as it was saved, and is due until nothing more is to be said."""

from __future__ import annotations

from dataclasses import replace

from tests.tidegate.store.given import NOON, REPOSITORY
from tidegate.reply import Reply
from tidegate.store import Store

RID = REPOSITORY.repository_id
SAID = Reply(RID, 5_000_000_001, 7, "ada", "rocket", False, ("`/deploy`: queued", "odd \x00 text"), ("one", "two"))


def test_an_answer_is_saved_whole(store: Store) -> None:
    store.repositories.see(REPOSITORY, NOON)
    assert store.replies.get(RID, SAID.comment_id) is None
    store.replies.save(SAID)
    assert store.replies.get(RID, SAID.comment_id) == SAID
    changed = replace(
        SAID, reacted=True, lines=("now",), deployments=(), answer=6, answer_attempted=True, answer_shown="x", due=False
    )
    store.replies.save(changed)
    assert store.replies.get(RID, SAID.comment_id) == changed
    assert store.replies.get(1, SAID.comment_id) is None


def test_due_are_those_that_have_something_to_say_the_oldest_first(store: Store) -> None:
    store.repositories.see(REPOSITORY, NOON)
    second, done = replace(SAID, comment_id=SAID.comment_id + 1), replace(SAID, comment_id=3, due=False)
    for each in (second, done, SAID):
        store.replies.save(each)
    assert store.replies.due() == [SAID, second]
