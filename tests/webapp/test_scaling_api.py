"""`PUT /api/v1/services/<id>/instances`: written down for the watcher, with who asked for it."""

from __future__ import annotations

import pytest

from tests.tidegate.store.given import a_service
from tests.webapp.house import House
from tidegate.permission import Permission
from tidegate.repository import PRODUCTION
from tidegate.scaling import Scaling


def test_a_number_is_written_down_and_told(open_house: House) -> None:
    service = a_service(open_house.store)
    open_house.store.environments.ensure(service.id, PRODUCTION)
    mona = open_house.signed_in("mona", {"acme/shop": Permission.WRITE})
    path = f"/api/v1/services/{service.id}/instances"
    answer = mona.put(path, json={"count": 3})
    assert answer.get_json() == {"count": 3, "detail": "scaled from 1 to 3 instances, from its next deploy on"}
    found = open_house.store.environments.get(service.id, PRODUCTION)
    assert found is not None
    assert found.scaling == Scaling(3, instead_of=1)
    (entry,) = open_house.store.timeline.of_service(service.repository_id, service.name, 10)
    assert (entry.kind, entry.actor, entry.environment) == ("scaled", "mona", PRODUCTION)
    again = mona.put(path, query_string={"count": "3"})
    assert again.get_json()["detail"] == "3 instances from its next deploy on, as before"
    assert len(open_house.store.timeline.of_service(service.repository_id, service.name, 10)) == 1


@pytest.mark.parametrize(
    ("told", "status", "detail"),
    [
        ({}, 400, "`count` is a whole number from 1 to 20"),
        ({"count": 0}, 400, "`count` is a whole number from 1 to 20"),
        ({"count": 21}, 400, "`count` is a whole number from 1 to 20"),
        ({"count": -1}, 400, "`count` is a whole number from 1 to 20"),
        ({"count": "many"}, 400, "`count` is a whole number from 1 to 20"),
        ({"count": True}, 400, "`count` is a whole number from 1 to 20"),
        ({"count": 1.5}, 400, "`count` is text, so put it in quotes"),
        ({"count": 2, "instances": 3}, 400, "There is no parameter `instances`"),
        ({"count": 2, "environment": "pr-7"}, 404, "was never deployed to `pr-7`"),
    ],
)
def test_what_cannot_be_meant_is_refused(open_house: House, told: dict[str, object], status: int, detail: str) -> None:
    service = a_service(open_house.store)
    place = open_house.store.environments.ensure(service.id, PRODUCTION)
    mona = open_house.signed_in("mona", {"acme/shop": Permission.WRITE})
    answer = mona.put(f"/api/v1/services/{service.id}/instances", json=told)
    assert (answer.status_code, answer.content_type) == (status, "application/problem+json")
    assert detail in answer.get_json()["detail"]
    assert open_house.store.environments.get(service.id, PRODUCTION) == place


def test_more_than_one_instance_with_a_disk_is_refused_with_the_reason(open_house: House) -> None:
    disk = {"name": "data", "mountPath": "/data"}
    service = a_service(open_house.store)
    open_house.store.services.ensure(service.repository_id, service.name, {**service.definition, "disk": disk})
    open_house.store.environments.ensure(service.id, PRODUCTION)
    mona = open_house.signed_in("mona", {"acme/shop": Permission.WRITE})
    answer = mona.put(f"/api/v1/services/{service.id}/instances", json={"count": 2})
    assert answer.status_code == 409
    assert "A service with a disk has one instance" in answer.get_json()["detail"]
