"""A fork's deployment waits for a person, whatever the clock says, and goes on once one has approved it."""

from __future__ import annotations

from dataclasses import replace

from tests.tidegate.store.given import NOON, a_deployment, a_service, after, new
from tidegate.deployment import Deployment, Move, Status
from tidegate.store import Store


def test_what_waits_for_a_person_is_not_looked_at(store: Store) -> None:
    """Not even where it has a time to be looked at, or the watch would be rung for it without end."""
    made = _of_a_fork(store)
    assert store.deployments.due(after(99)) == []
    assert store.deployments.all_waiting() == []
    assert store.deployments.next_due() is None
    store.deployments.approve(made.id, "ada", after(1))
    assert [each.id for each in store.deployments.due(after(99))] == [made.id]
    assert [each.id for each in store.deployments.all_waiting()] == [made.id]
    assert store.deployments.next_due() == after(5)


def test_an_approval_is_told_once_with_who_gave_it(store: Store) -> None:
    made = _of_a_fork(store)
    assert store.deployments.approve(made.id, "ada", after(1))
    assert not store.deployments.approve(made.id, "bob", after(2))
    approved = replace(made, needs_approval=False, moved_at=after(1), version=made.version + 1)
    assert store.deployments.get(made.id) == approved
    told = [(entry.kind, entry.text, entry.actor, entry.at) for entry in store.timeline.of_deployment(made.id)]
    assert told[0] == ("approved", "approved by ada", "ada", after(1))
    assert len(told) == 2


def test_only_what_waits_for_it_is_approved(store: Store) -> None:
    service = a_service(store)
    ordinary = a_deployment(store, service, 1, Status.WAITING)
    superseded = _of_a_fork(store)
    store.deployments.move(superseded.id, Move(Status.SUPERSEDED, "pushed to"), NOON)
    for each in (ordinary, superseded):
        before = store.deployments.get(each.id)
        assert not store.deployments.approve(each.id, "ada", after(1))
        assert store.deployments.get(each.id) == before
    assert not store.deployments.approve("nothing", "ada", after(1))


def _of_a_fork(store: Store) -> Deployment:
    waiting = replace(new(a_service(store), 3, Status.WAITING), needs_approval=True, look_at=after(5))
    return store.deployments.create(waiting, NOON)
