"""`GET /api/v1/services/<id>/instances`: what runs, with what each instance has used, and how many there shall be."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.tidegate.store.given import NOON, a_deployment, a_service
from tests.webapp.house import House
from tidegate.deployment import Status
from tidegate.gauge import Reading
from tidegate.instance import Instance, InstanceState
from tidegate.permission import Permission
from webapp.api import instances


def test_each_with_its_readings_and_none_that_is_gone(open_house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    store = open_house.store
    service = a_service(store)
    service = store.services.ensure(service.repository_id, "web", {"name": "web", "memory": "512MB"})
    live = a_deployment(store, service, 1, Status.LIVE)
    for index, state in enumerate((InstanceState.HEALTHY, InstanceState.UNHEALTHY, InstanceState.STOPPED)):
        store.instances.put(Instance(live.id, index, "local", f"c{index}", "10.0.0.2", 3000, state, "", NOON))
    ada = open_house.signed_in("ada", {"acme/shop": Permission.WRITE})
    path = f"/api/v1/services/{service.id}/instances"
    ada.put(path, json={"count": 3})
    without = ada.get(path).get_json()
    assert [each["readings"] for each in without["instances"]] == [[], []], "Redis is down"
    assert (without["wanted"], without["deployment"], without["memory_limit"]) == (3, live.id, 512 * 2**20)

    read = [Reading(NOON + timedelta(seconds=15 * number), 0.25 * number, 1000 * number) for number in (1, 2)]
    monkeypatch.setattr(instances, "readings", lambda _, there: [read if each.index == 0 else [] for each in there])
    first, second = ada.get(path).get_json()["instances"]
    assert [(each["cpus"], each["memory"]) for each in first["readings"]] == [(0.25, 1000), (0.5, 2000)]
    assert first["readings"][0]["at"] == (NOON + timedelta(seconds=15)).isoformat()
    assert (second["state"], second["host"], second["readings"]) == ("unhealthy", "local", [])


def test_where_nothing_is_live_there_is_none(open_house: House) -> None:
    service = a_service(open_house.store)
    ada = open_house.signed_in("ada", {"acme/shop": Permission.READ})
    path = f"/api/v1/services/{service.id}/instances"
    told = ada.get(path).get_json()
    assert (told["wanted"], told["deployment"], told["instances"]) == (1, None, [])
    missing = ada.get(path, query_string={"environment": "pr-9"})
    assert (missing.status_code, "no environment `pr-9`" in missing.get_json()["detail"]) == (404, True)
