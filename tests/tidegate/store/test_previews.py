"""A preview's row has two writers: neither takes back what the other wrote, and no change goes unshown."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from tests.tidegate.store.given import NOON, REPOSITORY, a_service, after, sha
from tidegate.preview import Preview
from tidegate.store import Store

RID = REPOSITORY.repository_id


def test_a_preview_is_saved_whole(store: Store) -> None:
    wanted = replace(
        _a_preview(store),
        fork=True,
        absent="the pull request was closed",
        asked_by="ada",
        removed_sha=sha(2),
        approved_sha=sha(3),
        approved_by="bob",
        comment=5_000_000_000,
        comment_attempted=True,
        comment_shown="fingerprint",
        comment_due=True,
    )
    store.previews.save(wanted)
    assert store.previews.get(RID, 7) == wanted
    assert store.previews.get(RID, 8) is None
    assert store.previews.get(1, 7) is None


def test_a_preview_is_changed(store: Store) -> None:
    store.previews.save(_a_preview(store))
    pushed = replace(_a_preview(store), head_sha=sha(9), head_branch="réné", pushed_at=after(9), absent="draft")
    store.previews.save(pushed)
    assert store.previews.of_repository(RID) == [pushed]


def test_present_are_those_that_are_not_absent_of_all_repositories(store: Store) -> None:
    first, other = _a_preview(store, 7), _a_preview(store, 3, repository_id=9)
    gone = replace(_a_preview(store, 8), absent="closed")
    for each in (gone, first, other):
        store.previews.save(each)
    assert store.previews.present() == [other, first]
    assert store.previews.of_repository(RID) == [first, gone]


def test_unclean_are_the_absent_ones_of_which_something_is_left(store: Store) -> None:
    present, removed, clean = (_a_preview(store, number) for number in (1, 2, 3))
    removed, clean = replace(removed, absent="closed"), replace(clean, absent="closed")
    for each in (present, removed, clean, replace(_a_preview(store, 2, repository_id=9), absent="closed")):
        store.previews.save(each)
    for service in (a_service(store), a_service(store, "api")):
        for each in (present, removed):
            store.environments.ensure(service.id, each.environment)
    assert store.previews.unclean() == [removed]
    for service in store.services.all():
        store.environments.remove(service.id, removed.environment)
    assert store.previews.unclean() == []


def test_a_comment_is_due_once_it_was_touched_until_it_was_written(store: Store) -> None:
    store.previews.save(_a_preview(store))
    assert store.previews.comments_due() == []
    store.previews.touch(RID, 7)
    store.previews.touch(RID, 99)
    (due,) = store.previews.comments_due()
    assert (due.number, due.comment_due) == (7, True)
    _commented(store, due, 11, "shown")
    written = _get(store)
    assert (written.comment, written.comment_shown, written.comment_attempted) == (11, "shown", True)
    assert store.previews.comments_due() == []


def test_what_could_not_be_written_stays_due(store: Store) -> None:
    store.previews.save(replace(_a_preview(store), comment_due=True))
    (due,) = store.previews.comments_due()
    store.previews.commented(RID, 7, None, "", attempted=True, due=True, touched=due.touched)
    (still,) = store.previews.comments_due()
    assert (still.comment, still.comment_attempted) == (None, True)


def test_what_changes_while_the_comment_is_being_written_is_still_due(store: Store) -> None:
    store.previews.save(replace(_a_preview(store), comment_due=True))
    (read,) = store.previews.comments_due()
    store.previews.touch(RID, 7)
    _commented(store, read, 11, "of before the touch")
    (due,) = store.previews.comments_due()
    assert (due.comment, due.comment_shown) == (11, "of before the touch")
    store.previews.save(replace(due, head_sha=sha(2), comment_due=True))
    _commented(store, due, 11, "of before the save")
    (due,) = store.previews.comments_due()
    _commented(store, due, 11, "of now")
    assert store.previews.comments_due() == []


def test_who_saves_what_was_read_before_the_comment_was_written_does_not_forget_the_comment(store: Store) -> None:
    """Else there would be two comments."""
    store.previews.save(_a_preview(store))
    read = _get(store)
    store.previews.touch(RID, 7)
    _commented(store, _get(store), 11, "shown")
    store.previews.save(replace(read, head_sha=sha(2)))
    found = _get(store)
    assert (found.head_sha, found.comment, found.comment_shown, found.comment_attempted) == (sha(2), 11, "shown", True)


def test_a_save_does_not_lower_what_was_touched(store: Store) -> None:
    store.previews.save(_a_preview(store))
    read = _get(store)
    store.previews.touch(RID, 7)
    store.previews.save(replace(read, head_sha=sha(2)))
    assert _get(store).comment_due


def test_no_touch_of_many_is_lost_to_a_writer_at_work(store: Store) -> None:
    """A touch stands for a fact; the writer writes all facts that were there when it read the row."""
    store.previews.save(_a_preview(store))
    facts, shown = [], 0
    rounds = 40

    def happen() -> None:
        for fact in range(rounds):
            facts.append(fact)
            store.previews.touch(RID, 7)

    with ThreadPoolExecutor(1) as other:
        happening = other.submit(happen)
        while not happening.done() or store.previews.comments_due():
            for due in store.previews.comments_due():
                shown = len(facts)
                _commented(store, due, 11, str(shown))
        happening.result()
    assert shown == rounds
    assert _get(store).comment_shown == str(rounds)


def _a_preview(store: Store, number: int = 7, repository_id: int = RID) -> Preview:
    store.repositories.see(replace(REPOSITORY, repository_id=repository_id), NOON)
    return Preview(repository_id, number, sha(1), "feature", False, True, NOON)


def _get(store: Store) -> Preview:
    found = store.previews.get(RID, 7)
    assert found is not None
    return found


def _commented(store: Store, read: Preview, comment: int, shown: str) -> None:
    store.previews.commented(
        read.repository_id, read.number, comment, shown, attempted=True, due=False, touched=read.touched
    )
