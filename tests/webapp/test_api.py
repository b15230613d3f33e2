"""The API for scripts: the pages' rights, JSON, and problems that say what to do."""

import json

import pytest

from tests.tidegate.store.given import NOON, a_deployment, a_lane, a_service
from tests.webapp.house import House
from tidegate.deployment import Health, Status
from tidegate.instance import Instance, InstanceState
from tidegate.permission import Permission

MINE = {"acme/shop": Permission.WRITE}


def test_deployments_page_by_page(open_house: House) -> None:
    service = a_service(open_house.store)
    made = [a_deployment(open_house.store, service, number, Status.SKIPPED).id for number in range(1, 6)]
    client = open_house.signed_in("ada", MINE)
    first = client.get("/api/v1/deployments?limit=3").get_json()
    second = client.get("/api/v1/deployments", query_string={"limit": 3, "before": first["next"]}).get_json()
    assert [each["id"] for each in first["deployments"] + second["deployments"]] == made[::-1]
    assert second["next"] is None
    assert client.get(f"/api/v1/services/{service.id}/deploys?limit=1").get_json()["deployments"][0]["id"] == made[-1]


def test_a_part_that_follows_on_nothing_is_refused_and_not_empty(open_house: House) -> None:
    service = a_service(open_house.store)
    a_deployment(open_house.store, service)
    client = open_house.signed_in("ada", MINE)
    for path in ("/api/v1/deployments", f"/api/v1/services/{service.id}/deploys"):
        answer = client.get(path, query_string={"before": "zzz"})
        assert (answer.status_code, answer.content_type) == (400, "application/problem+json")
        assert "`before` is the `next` of the part before, and names no deployment" in answer.get_json()["detail"]


def test_one_deployment_with_its_steps(open_house: House) -> None:
    service = a_service(open_house.store)
    queued = a_deployment(open_house.store, service)
    lane = a_lane(open_house.store, queued)
    open_house.store.phases.begin(lane, "fetch", NOON)
    told = open_house.signed_in("ada", MINE).get(f"/api/v1/deployments/{queued.id}").get_json()
    assert (told["id"], told["status"], told["repository"]) == (queued.id, "initializing", "acme/shop")
    assert told["created_at"] == "2026-03-01T12:00:00.123456+00:00"
    assert told["live_at"] is None
    assert told["steps"] == [
        {"step": "fetch", "started_at": NOON.isoformat(), "ended_at": None, "outcome": None, "detail": ""}
    ]


def test_logs_as_json_lines(open_house: House) -> None:
    queued = a_deployment(open_house.store, a_service(open_house.store))
    open_house.store.logs.append(queued.id, "build", 1, [(NOON, "one"), (NOON, "two"), (NOON, "three")])
    answer = open_house.signed_in("ada", MINE).get(f"/api/v1/deployments/{queued.id}/logs?after=1")
    assert answer.content_type == "application/x-ndjson"
    lines = [json.loads(line) for line in answer.text.splitlines()]
    assert lines == [
        {"n": 2, "step": "build", "at": NOON.isoformat(), "text": "two"},
        {"n": 3, "step": "build", "at": NOON.isoformat(), "text": "three"},
    ]


def test_cancel(open_house: House) -> None:
    queued = a_deployment(open_house.store, a_service(open_house.store))
    client = open_house.signed_in("ada", MINE)
    answer = client.post(f"/api/v1/deployments/{queued.id}/cancel")
    assert (answer.status_code, answer.get_json()["status"]) == (202, "canceled")
    assert client.post(f"/api/v1/deployments/{queued.id}/cancel").status_code == 409


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/api/v1/deployments?limit=0", 400),
        ("/api/v1/deployments?limit=101", 400),
        ("/api/v1/deployments?limit=ten", 400),
        ("/api/v1/deployments?service=1", 400),
        ("/api/v1/services/999/deploys", 404),
        ("/api/v1/deployments/none", 404),
        ("/api/v1/nothing", 404),
    ],
)
def test_problems(open_house: House, path: str, status: int) -> None:
    answer = open_house.signed_in("ada", MINE).get(path, headers={"Accept": "text/html,*/*"})
    assert (answer.status_code, answer.content_type) == (status, "application/problem+json")
    assert json.loads(answer.data)["detail"]


def test_strangers_get_a_problem_not_a_page(open_house: House) -> None:
    answer = open_house.client().get("/api/v1/deployments", headers={"Accept": "text/html,*/*"})
    assert (answer.status_code, answer.content_type) == (401, "application/problem+json")
    assert open_house.client().delete("/api/v1/deployments").status_code == 405


def test_how_what_is_live_is_told_with_each_instance(open_house: House) -> None:
    store = open_house.store
    made = a_deployment(store, a_service(store), status=Status.LIVE)
    store.instances.put(
        Instance(made.id, 0, "local", "c", "10.0.0.2", 3000, InstanceState.CRASHED, "exited with code 1", NOON, 2)
    )
    store.deployments.set_health(made.id, Health.UNHEALTHY, "instance 1 exited with code 1", NOON)
    told = open_house.signed_in("ada", MINE).get(f"/api/v1/deployments/{made.id}").get_json()
    assert (told["health"], told["health_reason"]) == ("unhealthy", "instance 1 exited with code 1")
    assert told["instances"] == [
        {
            "index": 0,
            "host": "local",
            "state": "crashed",
            "reason": "exited with code 1",
            "restarts": 2,
            "started_at": NOON.isoformat(),
        }
    ]
