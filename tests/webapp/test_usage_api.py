"""`GET /api/v1/services/<id>/usage`: seconds of builds and pre-deploy commands, for who may see the service."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from tests.tidegate.store.given import a_deployment, a_service
from tests.webapp.house import House
from tidegate.permission import Permission


def test_what_a_service_took_is_told(open_house: House) -> None:
    service, now = a_service(open_house.store), datetime.now(UTC)
    lane = open_house.store.deployments.claim(a_deployment(open_house.store, service).id, "worker", 60, now)
    assert lane is not None
    for step, ago, seconds in (("build", 3, 20.5), ("pre-deploy", 2, 4)):
        begun = now - timedelta(days=ago)
        open_house.store.phases.begin(lane, step, begun)
        open_house.store.phases.end(lane, step, "ok", begun + timedelta(seconds=seconds))
    mona = open_house.signed_in("mona", {"acme/shop": Permission.READ})
    path = f"/api/v1/services/{service.id}/usage"
    told = mona.get(path).get_json()
    assert (told["build_seconds"], told["pre_deploy_seconds"]) == (20.5, 4.0)
    few = mona.get(path, query_string={"days": "1"}).get_json()
    assert (few["build_seconds"], few["pre_deploy_seconds"]) == (0.0, 0.0)
    assert told["disk"] is None
    assert mona.get(path, query_string={"days": "0"}).status_code == 400
    everything = mona.get("/api/v1/usage").get_json()
    (one,) = everything["services"]
    assert (one["id"], one["name"], one["build_seconds"], one["pre_deploy_seconds"]) == (service.id, "web", 20.5, 4.0)
    assert everything["next"] is None
    stranger = open_house.signed_in("eve", {})
    assert stranger.get(path).status_code == 404
    assert stranger.get("/api/v1/usage").get_json()["services"] == []


def test_all_services_are_told_part_by_part(open_house: House) -> None:
    for name in ("web", "api", "tidegate.yml", "mail"):
        a_service(open_house.store, name)
    mona = open_house.signed_in("mona", {"acme/shop": Permission.READ})
    first = mona.get("/api/v1/usage", query_string={"limit": 2}).get_json()
    second = mona.get("/api/v1/usage", query_string={"limit": 2, "after": first["next"]}).get_json()
    names = [[each["name"] for each in part["services"]] for part in (first, second)]
    assert (names, second["next"]) == ([["api", "mail"], ["web"]], None)
