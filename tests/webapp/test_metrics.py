"""What operators watch: told to who has the token, from what the store and Redis say, whichever process is asked."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Self

import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.tidegate.store.given import a_deployment, a_lane, a_service
from tests.webapp.house import SCRAPER, House, build
from tidegate.deployment import Move, Status, Step
from tidegate.destination import Reach
from tidegate.instance import Instance, InstanceState
from tidegate.notification import Channel, Wants
from tidegate.repository import Delivery
from tidegate.subscription import endpoint
from webapp.gauges import QUEUES, Gauges, account_key
from webapp.metrics import Metrics
from worker import bell
from worker.sharedbudget import _account_key

ROOT = Path(__file__).parents[2]


@dataclass
class RedisOnPaper:
    """A pipeline that answers from lists and mappings."""

    lists: dict[str, int] = field(default_factory=dict)
    hashes: dict[str, tuple[bytes, bytes]] = field(default_factory=dict)
    answers: list[Any] = field(default_factory=list)

    def pipeline(self, *, transaction: bool) -> RedisOnPaper:
        return self

    def __enter__(self) -> Self:
        self.answers = []
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing is held."""

    def llen(self, name: str) -> None:
        self.answers.append(self.lists.get(name, 0))

    def hmget(self, name: str, *_: str) -> None:
        self.answers.append(self.hashes.get(name, (None, None)))

    def execute(self) -> list[Any]:
        return self.answers


def scraped(text: str) -> dict[tuple[str, ...], float]:
    """By name and the labels' values, in the order of the labels' names."""
    return {
        (sample.name, *(value for _, value in sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    made = build(tmp_path)
    yield made
    made.close()


def test_only_who_has_the_token_is_told(house: House, tmp_path: Path) -> None:
    client = house.client()
    for headers in ({}, {"Authorization": "Bearer another"}, {"Authorization": "Bearer ü"}):
        answer = client.get("/metrics", headers=headers)
        assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, "Bearer")
    assert client.get("/metrics", headers=SCRAPER).status_code == 200
    closed = build(tmp_path / "closed", told={"TIDEGATE_METRICS_TOKEN": ""})
    for headers in ({}, {"Authorization": "Bearer "}):
        answer = closed.client().get("/metrics", headers=headers)
        assert (answer.status_code, "TIDEGATE_METRICS_TOKEN" in answer.text) == (403, True)
    closed.close()


def a_busy_hour(house: House, now: datetime) -> None:
    """A deploy that came live in two minutes, one that failed, one in the queue, a webhook, and an address."""
    store = house.store
    service = a_service(store)
    live = a_deployment(store, service, 1)
    lane = a_lane(store, live, at=now)
    store.phases.begin(lane, Step.BUILD, now - timedelta(minutes=4))
    store.phases.end(lane, Step.BUILD, "ok", now - timedelta(minutes=2))
    store.deployments.move(live.id, Move(Status.DEPLOYING, "x"), now, lane)
    store.instances.put(Instance(live.id, 0, "local", "c", "10.0.0.1", 80, InstanceState.HEALTHY))
    store.deployments.move(live.id, Move(Status.LIVE, "x"), now, lane)
    made = endpoint(
        service.repository_id,
        Channel.SLACK,
        "https://chat.example.com/x",
        Wants.ALL,
        "ada",
        now,
        random=b"k" * 48,
        mails=False,
        reach=Reach(),
    )
    store.endpoints.add(made)
    failed = a_deployment(store, a_service(store, "api"), 2)
    store.deployments.move(failed.id, Move(Status.FAILED, "x"), now)
    a_deployment(store, a_service(store, "job"), 3)
    store.deliveries.put([Delivery("guid", "push", b"{}", now - timedelta(seconds=30))])


def test_what_the_store_and_redis_say_is_told(house: House) -> None:
    now = datetime.now(UTC)
    a_busy_hour(house, now)
    redis = RedisOnPaper({"rq:queue:deploys": 2}, {account_key("8"): (b"5000", b"4321")})
    text = Metrics(Gauges(house.store, redis, lambda: now)).text().decode()  # type: ignore[arg-type]  # as much as is used
    told = scraped(text)
    assert (told["tidegate_store_up",], told["tidegate_redis_up",]) == (1, 1)
    assert told["tidegate_deploys_last_hour", "", "live"] == 1
    assert told["tidegate_deploys_last_hour", "", "failed"] == 1
    assert told["tidegate_step_seconds", "0.95", "build"] == 120
    assert told["tidegate_steps_last_hour", "ok", "build"] == 1
    assert told["tidegate_deployments", "queued"] == 1
    assert told["tidegate_oldest_deployment_seconds", "queued"] > 3600
    assert told["tidegate_instances", "production", "acme/shop", "web", "healthy"] == 1
    assert told["tidegate_deliveries_pending",] == 1
    assert told["tidegate_oldest_deliveries_seconds",] == pytest.approx(30)
    assert told["tidegate_notifications_pending",] == 1
    assert told["tidegate_notification_addresses", "fine"] == 1
    assert told["tidegate_jobs", "deploys"] == 2
    assert told["tidegate_github_remaining", "8"] == 4321
    later = Metrics(Gauges(house.store, redis, lambda: now + timedelta(hours=2)))  # type: ignore[arg-type]  # the same
    assert "tidegate_step_seconds{" not in later.text().decode(), "only the last hour"


def test_a_part_that_is_down_is_told_and_the_others_are_not_kept_from_it(house: House) -> None:
    told = scraped(house.client().get("/metrics", headers=SCRAPER).text)
    assert (told["tidegate_store_up",], told["tidegate_redis_up",]) == (1, 0)
    assert "tidegate_jobs" not in {name for name, *_ in told}


def test_the_names_that_workers_use_are_the_same() -> None:
    assert set(QUEUES) == {bell.EVENTS, bell.DEPLOYS, bell.BUILDS, bell.UPKEEP, bell.NEWS}
    assert (account_key("app"), account_key("8")) == (_account_key(None), _account_key(8))


def test_each_query_of_the_dashboard_names_what_there_is(house: House) -> None:
    now = datetime.now(UTC)
    a_busy_hour(house, now)
    redis = RedisOnPaper({}, {account_key("app"): (b"1", b"1")})
    text = Metrics(Gauges(house.store, redis, lambda: now)).text().decode()  # type: ignore[arg-type]  # as much as is used
    declared = set(re.findall(r"^# TYPE (\S+)", text, re.MULTILINE))
    panels = json.loads((ROOT / "deploy" / "grafana.json").read_text())["panels"]
    asked = " ".join(target["expr"] for panel in panels for target in panel["targets"])
    named = {re.sub(r"_(bucket|sum|count)$", "", each) for each in re.findall(r"tidegate_\w+", asked)}
    assert named == {each for each in declared if not each.endswith("_created")}


_ONE_OF_TWO = """
import os, sys
from prometheus_client.registry import Collector
from webapp.metrics import Metrics

class Nothing(Collector):
    def collect(self):
        return []

metrics = Metrics(Nothing(), os.environ["PROMETHEUS_MULTIPROC_DIR"])
if os.fork() == 0:
    metrics.webhook("accepted", 0.01)
    metrics.streams.inc()
    os._exit(0)
os.wait()
metrics.webhook("accepted", 0.01)
metrics.streams.inc()
print(metrics.text().decode())
"""


def test_processes_of_one_web_count_together(tmp_path: Path) -> None:
    environment = {"PROMETHEUS_MULTIPROC_DIR": str(tmp_path), "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", _ONE_OF_TWO], env=environment, capture_output=True, text=True, check=True
    )
    told = scraped(done.stdout)
    assert told["tidegate_webhook_deliveries_total", "accepted"] == 2
    assert told["tidegate_webhook_seconds_count",] == 2
    assert told["tidegate_log_streams",] == 2
