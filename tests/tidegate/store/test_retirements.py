"""Deadlines that survive every restart: SIGTERM, then SIGKILL."""

from __future__ import annotations

from dataclasses import replace

from tests.tidegate.store.given import a_deployment, a_service, after
from tidegate.deployment import Status
from tidegate.instance import Retirement
from tidegate.store import Store


def test_a_retirement_is_known_until_it_is_done(store: Store) -> None:
    made = a_deployment(store, a_service(store), status=Status.DRAINING)
    planned = Retirement(made.id, after(60), grace=30)
    store.retirements.add(planned)
    assert store.retirements.get(made.id) == planned

    store.retirements.termed(made.id, after(61))
    termed = replace(planned, termed_at=after(61))
    assert store.retirements.get(made.id) == termed

    store.retirements.done(made.id)
    assert store.retirements.get(made.id) is None
    assert store.retirements.all() == []


def test_a_retirement_keeps_its_times_when_it_is_added_or_termed_again(store: Store) -> None:
    made = a_deployment(store, a_service(store), status=Status.DRAINING)
    store.retirements.add(Retirement(made.id, after(60), grace=30))
    store.retirements.add(Retirement(made.id, after(600), grace=300))
    for seconds in (61, 80):
        store.retirements.termed(made.id, after(seconds))
    assert store.retirements.all() == [Retirement(made.id, after(60), 30, after(61))]


def test_the_next_due_comes_first(store: Store) -> None:
    service = a_service(store)
    late, soon = (a_deployment(store, service, n, Status.DRAINING) for n in (1, 2))
    store.retirements.add(Retirement(late.id, after(60), grace=30))
    store.retirements.add(Retirement(soon.id, after(6), grace=90))
    assert [each.deployment_id for each in store.retirements.all()] == [soon.id, late.id]
    store.retirements.termed(soon.id, after(6))
    assert [each.deployment_id for each in store.retirements.all()] == [late.id, soon.id]
