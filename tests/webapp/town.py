"""A store in which much has happened, for pages: services that are well, unwell, under way, frozen."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from redis import Redis

from tests.tidegate.store.given import REPOSITORY
from tests.webapp.townspeople import people
from tidegate.cronrun import Over, RunState
from tidegate.deployment import Deployment, Fault, Finding, Health, Lane, Move, Status, Step, Trigger
from tidegate.events import RepositorySeen
from tidegate.freeze import Freeze
from tidegate.gauge import EVERY, KEPT, Reading, dump, key
from tidegate.instance import Instance, InstanceState
from tidegate.preview import Preview
from tidegate.repository import PRODUCTION, Service, TimelineEntry
from tidegate.snapshot import Snapshot
from tidegate.store import NewDeployment, Store

_DOCS = RepositorySeen(100, 8, "acme", "docs", "main", private=False)
_MESSAGES = (
    "Show the basket beside the list",
    "Answer searches from the index",
    "Mend the total when a coupon is taken back\n\nIt was counted twice.",
    "Update dependencies",
)


@dataclass(frozen=True)
class Town:
    """Ids of what the pages are about."""

    web: int
    api: int
    report: int
    site: int
    live: str
    failed: str
    building: str
    fork: str
    run: int
    commit: str
    hook: str


@dataclass
class _Builder:
    store: Store
    now: datetime
    count: int = 0

    def service(self, name: str, **definition: object) -> Service:
        service = self.store.services.ensure(REPOSITORY.repository_id, name, {"name": name, **definition})
        self.store.environments.ensure(service.id, PRODUCTION)
        return service

    def queued(self, service: Service, before: float, environment: str = PRODUCTION, **more: object) -> Deployment:
        self.count += 1
        new = NewDeployment(
            repository_id=service.repository_id,
            service_id=service.id,
            service=service.name,
            environment=environment,
            sha=f"{0x9F3AC41B00000000 + self.count * 0x1357135713:040x}"[::-1],
            branch="main",
            message=_MESSAGES[self.count % len(_MESSAGES)],
            author="grace",
            trigger=Trigger.PUSH,
            actor="grace",
            status=Status.QUEUED,
            reason="queued",
            definition=service.definition,
        )
        return self.store.deployments.create(replace(new, **more), self.at(before))  # type: ignore[arg-type]  # by name

    def at(self, before: float) -> datetime:
        """So many seconds ago."""
        return self.now - timedelta(seconds=before)

    def began(self, made: Deployment, before: float, values: dict[str, str] | None = None) -> Lane:
        lane = self.store.deployments.claim(made.id, "worker", 3600.0, self.at(before))
        assert lane is not None
        hidden = frozenset({"DATABASE_PASSWORD"})
        told = {"GREETING": "hello", "DATABASE_PASSWORD": "a secret", **(values or {})}
        self.store.snapshots.take(lane, Snapshot(told, hidden))
        self.step(lane, Step.FETCH, before, 2)
        return lane

    def step(self, lane: Lane, step: Step, before: float, took: float, outcome: str = "ok", detail: str = "") -> None:
        self.store.phases.begin(lane, step, self.at(before))
        self.store.phases.end(lane, step, outcome, self.at(before - took), detail)

    def live(self, service: Service, before: float, environment: str = PRODUCTION, **values: str) -> Deployment:
        made = self.queued(service, before + 70, environment)
        lane = self.began(made, before + 66, values)
        self.move(made, Status.BUILDING, "building the image", before + 64, lane)
        self.step(lane, Step.BUILD, before + 64, 48, detail="the image is `tidegate/web:9f3ac41`")
        self.move(made, Status.DEPLOYING, "starting the new instances", before + 16, lane)
        self.step(lane, Step.START, before + 16, 12)
        replaced = self.store.deployments.live(service.id, environment)
        self.store.environments.route(lane, self.at(before + 2))
        self.step(lane, Step.SWITCH, before + 2, 0.4)
        self.move(made, Status.LIVE, "live", before, lane)
        self.store.logs.append(
            made.id, "build", 1, [(self.at(before + 60), f"Step {n}/30 : RUN make part-{n}") for n in range(1, 31)]
        )
        if replaced is not None:
            self.move(replaced, Status.DRAINING, f"replaced by `{made.sha[:7]}`", before)
            self.move(replaced, Status.REMOVED, "its instances are stopped and removed", before - 60)
        for index in range(2):
            self.store.instances.put(
                Instance(
                    made.id,
                    index,
                    "local",
                    f"{index}{made.sha}",
                    "172.18.0.3",
                    3000,
                    InstanceState.HEALTHY,
                    started_at=self.at(before),
                )
            )
        return made

    def move(self, made: Deployment, status: Status, reason: str, before: float, lane: Lane | None = None) -> None:
        self.store.deployments.move(made.id, Move(status, reason), self.at(before), lane)

    def tell(self, service: Service, before: float, kind: str, text: str, actor: str = "tidegate") -> None:
        entry = TimelineEntry(self.at(before), kind, text, actor, service.repository_id, service.name, PRODUCTION)
        self.store.timeline.add(entry)


def settle(store: Store) -> Town:
    """All of it, up to now."""
    town = _Builder(store, datetime.now(UTC))
    for each in (REPOSITORY, _DOCS):
        store.repositories.see(each, town.at(40 * 86400))
    web = town.service("web", type="web", numInstances=2)
    town.live(web, 5 * 86400, GREETING="hi")
    town.live(web, 2 * 86400)
    failed = _failed(town, web)
    live = town.live(web, 3 * 3600, GREETING="hello again", COLOUR="blue")
    town.tell(web, 7200, "instance-crashed", "instance 1 crashed: exit code 137, out of memory; restarted in 2 s")
    town.tell(web, 7190, "instance-recovered", "instance 1 is healthy again")
    town.tell(web, 3600, "config-changed", "the variable GREETING was set", "ada")
    building = _building(town, web)
    api = town.service("api", type="private")
    served = town.live(api, 86400)
    store.deployments.set_health(served.id, Health.DEGRADED, "instance 1 does not answer", town.at(600))
    store.instances.put(
        Instance(
            served.id,
            1,
            "local",
            "1b",
            "172.18.0.4",
            3000,
            InstanceState.UNHEALTHY,
            "GET / answered 503",
            town.at(86400),
            3,
        )
    )
    town.queued(api, 120, status=Status.WAITING, reason="waiting for `test` and `lint`")
    report, run = _cron(town)
    fork = _previews(town, web)
    site = store.services.ensure(_DOCS.repository_id, "site", {"name": "site", "type": "web", "runtime": "static"})
    store.environments.ensure(site.id, PRODUCTION)
    store.services.auto_deploy_off(site.id, "auto-deploy is off since ada rolled back to `1a2b3c4`")
    store.freezes.put(Freeze(_DOCS.repository_id, None, None, "the release is on Friday", "grace", town.at(7200)))
    store.variables.set(web.id, PRODUCTION, "GREETING", "hello again", "plain", town.at(3600))
    store.variables.set(web.id, PRODUCTION, "DATABASE_PASSWORD", "a secret", "secret", town.at(3600))
    hook = people(store, live.id, town.now)
    return Town(web.id, api.id, report.id, site.id, live.id, failed.id, building.id, fork.id, run, failed.sha, hook)


def _failed(town: _Builder, web: Service) -> Deployment:
    made = town.queued(web, 86400)
    lane = town.began(made, 86390)
    town.move(made, Status.BUILDING, "building the image", 86388, lane)
    town.step(lane, Step.BUILD, 86388, 21, "failed", "`npm run build` ended with 2")
    finding = Finding("src/basket.ts", 41, "Error", "Property `total` does not exist on type `Basket`.")
    reason = "build failed: `npm run build` ended with 2"
    town.store.logs.append(
        made.id,
        "build",
        1,
        [(town.at(86380), line) for line in ("> npm run build", "src/basket.ts(41,7): error TS2339")],
    )
    failed = Move(Status.FAILED, reason, fault=Fault.USER, findings=(finding,))
    return town.store.deployments.move(made.id, failed, town.at(86360), lane)


def _building(town: _Builder, web: Service) -> Deployment:
    made = town.queued(web, 30)
    lane = town.began(made, 28)
    town.move(made, Status.BUILDING, "building the image", 26, lane)
    town.store.phases.begin(lane, Step.BUILD, town.at(26))
    lines = [(town.at(20), "Step 1/9 : FROM node:22"), (town.at(12), "Step 2/9 : COPY . /app")]
    town.store.logs.append(made.id, "build", 1, lines)
    return made


def _cron(town: _Builder) -> tuple[Service, int]:
    report = town.service("report", type="cron", schedule="0 * * * *")
    made = town.live(report, 4 * 86400)
    runs = town.store.cron_runs
    last = 0
    for number in range(4):
        last = runs.ask(made, "ada", town.at(3600 * (4 - number))).id
        runs.claim(last, made.id, "local")
        runs.began(last, town.at(3600 * (4 - number)))
        over = (
            Over(RunState.FAILED, "exited with code 3", 3)
            if number == 2
            else Over(RunState.COMPLETED, "exited with code 0", 0)
        )
        runs.end(last, over, town.at(3600 * (4 - number) - 40))
    town.store.logs.append(made.id, f"run {last}", 31, [(town.at(3600), "counted 1,204 orders")])
    return report, last


def _previews(town: _Builder, web: Service) -> Deployment:
    repository = REPOSITORY.repository_id
    for number, fork in ((7, False), (12, True)):
        town.store.environments.ensure(web.id, f"pr-{number}")
        branch = "dark-basket" if number == 7 else "patch-1"
        preview = Preview(repository, number, "b" * 40, branch, fork, True, town.at(7200), None)
        town.store.previews.save(preview)
    town.live(web, 7200, "pr-7")
    return town.queued(
        web,
        600,
        "pr-12",
        status=Status.WAITING,
        needs_approval=True,
        trigger=Trigger.PULL_REQUEST,
        author="stranger",
        actor="stranger",
        sha="b" * 40,
        branch="patch-1",
        reason="it comes from a fork: somebody with write permission must approve this commit first",
    )


def print_readings(redis: Redis, town: Town) -> None:
    """An hour of what the instances of what is live have used."""
    now = datetime.now(UTC)
    for index in range(2):
        for number in range(KEPT):
            wave = 0.25 + 0.15 * math.sin(number / (9 + 6 * index)) + 0.06 * math.sin(number / 3)
            at = now - timedelta(seconds=EVERY * (KEPT - number))
            reading = Reading(at, wave, 120_000_000 + (number % 90) * 400_000 * (index + 1))
            redis.xadd(key(town.live, index), dump(reading))  # type: ignore[arg-type]  # redis-py wants wider keys
