"""What there is and how it is, by the API: services, previews, events, what differs, hosts."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from flask.testing import FlaskClient

from tests.tidegate.store.given import NOON, REPOSITORY, a_deployment, a_lane, a_service, after, new, sha
from tests.webapp.house import House
from tidegate.blueprint import Service as Definition
from tidegate.deployment import Move, Status
from tidegate.events import RepositorySeen
from tidegate.freeze import Freeze
from tidegate.instance import Instance, InstanceState
from tidegate.permission import Permission
from tidegate.placement import Admission
from tidegate.preview import Preview
from tidegate.repository import DEPLOY_FILE, TimelineEntry
from tidegate.snapshot import Snapshot

READER = {"acme/shop": Permission.READ}
OWN = f"/api/v1/repositories/{REPOSITORY.repository_id}"


def names(client: FlaskClient, **query: str | int) -> tuple[list[str], int | None]:
    told = client.get("/api/v1/services", query_string=query).get_json()
    return [f"{each['repository']}/{each['name']}" for each in told["services"]], told["next"]


def test_services_page_by_page_of_what_one_works_in(open_house: House) -> None:
    for name in ("web", "api", "tidegate.yml"):
        a_service(open_house.store, name)
    docs = RepositorySeen(100, 8, "acme", "docs", "main", private=True)
    open_house.store.repositories.see(docs, datetime.now(UTC))
    open_house.store.services.ensure(100, "web", {"name": "web"})
    ada = open_house.signed_in("ada", {**READER, "acme/docs": Permission.READ})
    every = ["acme/docs/web", "acme/shop/api", "acme/shop/web"]
    assert names(ada) == (every, None)
    assert names(ada, limit=2) == (every[:2], 2)
    assert names(ada, limit=2, after=2) == (every[2:], None)
    assert names(ada, name="web") == (["acme/docs/web", "acme/shop/web"], None)
    assert names(ada, repository="acme/docs") == (["acme/docs/web"], None)
    bob = open_house.signed_in("bob", READER)
    assert names(bob)[0] == every[1:]
    (own,) = bob.get("/api/v1/repositories").get_json()["repositories"]
    assert (own["id"], own["full_name"], own["private"]) == (REPOSITORY.repository_id, "acme/shop", True)
    assert own["proposal"] is None
    assert bob.get("/api/v1/services?repo=acme/docs").status_code == 400


def test_a_repository_without_a_deploy_file_has_one_proposed(open_house: House) -> None:
    there = a_service(open_house.store, DEPLOY_FILE)
    url = "https://github.test/acme/shop/new/main?filename=tidegate.yml"
    open_house.store.services.ensure(there.repository_id, DEPLOY_FILE, {"proposal": "services:", "url": url})
    (own,) = open_house.signed_in("ada", READER).get("/api/v1/repositories").get_json()["repositories"]
    assert own["proposal"] == url


def test_one_service_tells_what_is_live_and_why_something_waits(open_house: House) -> None:
    store = open_house.store
    service = a_service(store)
    live = a_deployment(store, service, 1, Status.LIVE)
    store.instances.put(Instance(live.id, 0, "local", "c", "10.0.0.2", 3000, InstanceState.HEALTHY, "", NOON))
    waiting = a_deployment(store, service, 2, Status.WAITING)
    store.freezes.put(Freeze(service.repository_id, None, None, "release week", "grace", NOON))
    told = open_house.signed_in("ada", READER).get(f"/api/v1/services/{service.id}").get_json()
    assert (told["name"], told["live"], told["sha"], told["url"]) == (
        "web",
        live.id,
        live.sha,
        "http://web.apps.tidegate.test",
    )
    (place,) = told["environments"]
    assert (place["environment"], place["live"]["id"]) == ("production", live.id)
    assert [(each["id"], each["reason"]) for each in place["coming"]] == [(waiting.id, "reason 2")]
    assert [(each["host"], each["state"]) for each in place["instances"]] == [("local", "healthy")]
    assert [each["reason"] for each in told["freezes"]] == ["release week"]


def test_previews_and_why_one_is_not_there(open_house: House) -> None:
    store = open_house.store
    service = a_service(store)
    store.environments.ensure(service.id, "pr-7")
    row = store.deployments.create(replace(new(service, 7), environment="pr-7"), NOON)
    there = Preview(service.repository_id, 7, sha(7), "topic", False, True, NOON)
    for each in (there, replace(there, number=8, absent="the pull request was closed", open=False)):
        store.previews.save(each)
    ada = open_house.signed_in("ada", READER)
    (told,) = ada.get(f"{OWN}/previews").get_json()["previews"]
    assert (told["number"], told["environment"], told["absent"]) == (7, "pr-7", None)
    assert [(each["deployment"]["id"], each["url"]) for each in told["services"]] == [(row.id, None)]
    first = ada.get(f"{OWN}/previews?all=true&limit=1").get_json()
    assert (first["previews"][0]["absent"], first["next"]) == ("the pull request was closed", 8)
    second = ada.get(f"{OWN}/previews?all=true&limit=1&before=8").get_json()
    assert (second["previews"][0]["number"], second["next"]) == (7, None)


def test_events_page_by_page_with_the_whole_repositorys(open_house: House) -> None:
    service = a_service(open_house.store)
    for number in range(4):
        kind, name = ("freeze-on", None) if number == 2 else ("scaled", "web")
        entry = TimelineEntry(after(number), kind, f"{number}", "ada", service.repository_id, name)
        open_house.store.timeline.add(entry)
    ada, path = open_house.signed_in("ada", READER), f"/api/v1/services/{service.id}/events"
    first = ada.get(path, query_string={"limit": 3}).get_json()
    second = ada.get(path, query_string={"limit": 3, "before": first["next"]}).get_json()
    assert [each["text"] for each in first["events"] + second["events"]] == ["3", "2", "1", "0"]
    assert second["next"] is None
    assert [each["text"] for each in ada.get(f"{path}?kind=freeze-on").get_json()["events"]] == ["2"]


def test_what_differs_from_what_was_live_before(open_house: House) -> None:
    store = open_house.store
    service = a_service(store)

    def live(number: int, instances: int, values: dict[str, str]) -> str:
        definition = Definition.load({"name": "web", "numInstances": instances}).dump()
        row = store.deployments.create(replace(new(service, number), definition=definition), after(number))
        lane = a_lane(store, row, at=after(number))
        store.snapshots.take(lane, Snapshot(values, frozenset({"KEY"})))
        for status in (Status.DEPLOYING, Status.LIVE):
            store.deployments.move(row.id, Move(status, "on"), after(number), lane)
        return row.id

    first = live(1, 1, {"KEY": "old secret", "MODE": "slow", "GONE": "x"})
    second = live(2, 3, {"KEY": "new secret", "MODE": "fast"})
    keeper = open_house.signed_in("keeper", {"acme/shop": Permission.MAINTAIN})
    told = keeper.get(f"/api/v1/deployments/{second}/diff")
    assert "secret" not in told.text
    body = told.get_json()
    assert (body["before"], body["sha_before"]) == (first, sha(1))
    changed = [(each["name"], each["change"], each["before"], each["value"]) for each in body["settings"]]
    assert changed == [("numInstances", "changed", "1", "3")]
    assert [(each["name"], each["change"], each["before"], each["value"]) for each in body["variables"]] == [
        ("GONE", "removed", "x", None),
        ("KEY", "changed", None, None),
        ("MODE", "changed", "slow", "fast"),
    ]
    whole = keeper.get(f"/api/v1/deployments/{second}/diff?all=true").get_json()
    assert ("name", "same", "web") in [(each["name"], each["change"], each["value"]) for each in whole["settings"]]
    assert len(whole["variables"]) == 3
    reader = open_house.signed_in("ada", READER).get(f"/api/v1/deployments/{second}/diff").get_json()
    assert {(each["value"], each["before"], each["hidden"]) for each in reader["variables"]} == {(None, None, True)}
    nothing = keeper.get(f"/api/v1/deployments/{first}/diff").get_json()
    assert (nothing["before"], nothing["settings"], nothing["variables"]) == (None, [], [])


def test_hosts_for_who_works_here(open_house: House) -> None:
    a_service(open_house.store)
    open_house.store.hosts.admit("local", Admission.CORDONED, "the operator", NOON)
    told = open_house.signed_in("ada", READER).get("/api/v1/hosts").get_json()
    (local,) = told["hosts"]
    assert (local["name"], local["region"], local["admission"], local["instances"]) == ("local", "local", "cordoned", 0)
    assert (local["admitted_by"], local["admitted_at"]) == ("the operator", NOON.isoformat())
    assert open_house.signed_in("eve", {}).get("/api/v1/hosts").get_json() == {"hosts": []}
