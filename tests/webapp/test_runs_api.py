"""`/api/v1/services/<id>/runs`: a cron service's history, and one more by hand."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

from tests.tidegate.store.given import NOON, a_deployment, a_service, after
from tests.webapp.house import House
from tidegate.cronrun import Over, RunState
from tidegate.deployment import Status
from tidegate.permission import Permission
from tidegate.repository import PRODUCTION, Service
from tidegate.store import Store
from tidegate.store.cron_runs import CronRuns

CRON = {"name": "report", "type": "cron", "schedule": "0 3 * * *"}
MAY = {"acme/shop": Permission.WRITE}


def a_cron_service(store: Store) -> Service:
    service = a_service(store, "report")
    return store.services.ensure(service.repository_id, "report", CRON)


def live(store: Store) -> Service:
    """`a_deployment` has no definition, so that the service's own counts."""
    service = a_cron_service(store)
    a_deployment(store, service, status=Status.LIVE)
    return service


def path(service: Service, more: str = "") -> str:
    return f"/api/v1/services/{service.id}/runs{more}"


def one_that_failed(runs: CronRuns, open_house: House, service: Service) -> int:
    row = open_house.store.deployments.live(service.id, PRODUCTION)
    assert row is not None
    run = runs.ask(row, "ada", NOON)
    runs.claim(run.id, row.id, "local")
    runs.began(run.id, after(1))
    first = open_house.store.logs.next_line(row.id)
    open_house.store.logs.append(row.id, f"run {run.id}", first, [(after(1), "counting"), (after(2), "no more")])
    runs.end(run.id, Over(RunState.FAILED, "exited with code 3", 3), after(2))
    return run.id


def test_one_by_hand_is_written_down_for_the_watcher(open_house: House) -> None:
    service = live(open_house.store)
    answer = open_house.signed_in("mona", MAY).post(path(service))
    assert answer.status_code == 202
    told = answer.get_json()["run"]
    assert (told["state"], told["trigger"], told["actor"], told["environment"]) == (
        "waiting",
        "manual",
        "mona",
        PRODUCTION,
    )
    (run,) = open_house.store.cron_runs.open()
    assert (run.id, run.actor) == (told["id"], "mona")
    assert open_house.store.timeline.of_service(service.repository_id, "report", 1)[0].kind == "run-asked"


def test_the_history_tells_how_each_ended_and_what_it_printed(open_house: House) -> None:
    service = live(open_house.store)
    first, second = (one_that_failed(open_house.store.cron_runs, open_house, service) for _ in range(2))
    mona = open_house.signed_in("mona", {"acme/shop": Permission.READ})
    page = mona.get(path(service), query_string={"limit": 1}).get_json()
    assert ([each["id"] for each in page["runs"]], page["next"]) == ([second], second)
    page = mona.get(path(service), query_string={"before": page["next"]}).get_json()
    (told,) = page["runs"]
    assert datetime.now(UTC) < datetime.fromisoformat(page["scheduled_at"]) < datetime.now(UTC) + timedelta(days=1)
    assert (told["id"], page["next"]) == (first, None)
    assert (told["state"], told["reason"], told["exit_code"]) == ("failed", "exited with code 3", 3)
    assert (told["began_at"], told["ended_at"]) == (after(1).isoformat(), after(2).isoformat())
    lines = [json.loads(line)["text"] for line in mona.get(path(service, f"/{first}/logs")).text.splitlines()]
    assert lines == ["counting", "no more"]
    assert mona.get(path(service, f"/{first}")).get_json() == told
    assert [mona.get(path(service, f"/999{end}")).status_code for end in ("", "/logs")] == [404, 404]
    assert mona.get(path(service), query_string={"limit": 101}).status_code == 400
    assert mona.get(path(service), query_string={"environment": "pr-7"}).get_json() == {
        "runs": [],
        "next": None,
        "scheduled_at": None,
    }


def test_who_may_not_write_may_not_run_it_and_strangers_see_nothing(open_house: House) -> None:
    service = live(open_house.store)
    run = one_that_failed(open_house.store.cron_runs, open_house, service)
    reader, stranger = open_house.signed_in("mona", {"acme/shop": Permission.READ}), open_house.signed_in("eve", {})
    assert reader.post(path(service)).status_code == 403
    for address in (path(service), path(service, f"/{run}/logs")):
        assert stranger.get(address).status_code == 404
    assert stranger.post(path(service)).status_code == 404
    assert open_house.store.cron_runs.open() == []


def test_what_cannot_be_run_says_why(open_house: House) -> None:
    mona, web = open_house.signed_in("mona", MAY), a_service(open_house.store)
    answer = mona.post(path(web))
    assert (answer.status_code, answer.content_type) == (409, "application/problem+json")
    assert "`web` is of type `web`, and only cron services have runs" in answer.get_json()["detail"]
    service = a_cron_service(open_house.store)
    answer = mona.post(path(service), json={"environment": "pr-7"})
    assert answer.status_code == 409
    assert "nothing of `report` is live in `pr-7`" in answer.get_json()["detail"]


def test_a_cron_service_is_not_scaled(open_house: House) -> None:
    service = a_cron_service(open_house.store)
    answer = open_house.signed_in("mona", MAY).put(f"/api/v1/services/{service.id}/instances", json={"count": 2})
    assert answer.status_code == 409
    assert "it has one run at a time" in answer.get_json()["detail"]
