"""Instances are known by deployment and index."""

from __future__ import annotations

from dataclasses import replace

from tests.tidegate.store.given import a_deployment, a_service
from tidegate.instance import Instance, InstanceState
from tidegate.store import Store


def test_an_instance_is_replaced_by_its_index(store: Store) -> None:
    made = a_deployment(store, a_service(store))
    first = Instance(made.id, 0, "local", "c0", "10.0.0.2", 3000, InstanceState.STARTING)
    second = replace(first, index=1, container_id="c1")
    for each in (second, first):
        store.instances.put(each)
    again = replace(first, container_id="c0-again", address="10.0.0.9", state=InstanceState.HEALTHY)
    store.instances.put(again)
    assert store.instances.of(made.id) == [again, second]


def test_a_state_is_set_on_one_instance(store: Store) -> None:
    made = a_deployment(store, a_service(store))
    for index in range(2):
        store.instances.put(Instance(made.id, index, "local", "c", "10.0.0.2", 3000, InstanceState.HEALTHY))
    store.instances.set_state(made.id, 1, InstanceState.REMOVED)
    assert [each.state for each in store.instances.of(made.id)] == [InstanceState.HEALTHY, InstanceState.REMOVED]
