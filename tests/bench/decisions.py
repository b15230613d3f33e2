"""A repository of many services and one push to it: how long until every service has its row, and what GitHub is asked.

The worker's own code on a real SQLite file, asking the stand-in over HTTP. Nothing is started: no decision starts it.
"""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from uuid import uuid4

from standin.client import StandIn
from standin.process import running
from tests.bench.measurement import Measurement
from tests.contracts.github_places import StandInPlace
from tests.standin.receiver import Receiver, receiving
from tests.worker.house import DOCKERFILE, House
from tidegate.deployment import Move, Status
from tidegate.events import RepositorySeen
from tidegate.repository import Delivery
from worker import drain

SERVICES = (1, 10, 50, 200)
#: What the limits are for.
PROMISED = 50
RUNS = 5


@dataclass(frozen=True)
class Cost:
    """Of one push. `processor`: seconds of it, which other work on the machine doesn't stretch. `calls` for that
    repository: method and path."""

    seconds: float
    processor: float
    calls: tuple[str, ...]

    def of(self, pattern: str) -> int:
        return sum(1 for call in self.calls if re.search(pattern, call))


class Monorepo:
    """`count` services, each in a directory of its own and behind the gate, all live on one commit."""

    def __init__(self, place: Path, world: StandInPlace, receiver: Receiver, count: int) -> None:
        app = world.credentials["app"]
        self.count, self._world, self._receiver = count, world, receiver
        self._house = House(place, GITHUB_API_URL=world.credentials["api_url"], GITHUB_APP_ID=str(app["id"]))
        github = world.github
        self._parts = replace(self._house.parts, github=github, reports=github)
        seen = world.repository
        self._house.store.repositories.see(
            RepositorySeen(seen.id, seen.installation_id, seen.owner, seen.name, seen.default_branch, seen.private),
            self._house.clock.now(),
        )
        services = "".join(
            f"  - {{name: m{count}-{number}, type: web, rootDir: s{number}, autoDeployTrigger: checksPass}}\n"
            for number in range(count)
        )
        dockerfiles: dict[str, str | None] = {f"s{number}/Dockerfile": DOCKERFILE for number in range(count)}
        self.push({"tidegate.yml": f"services:\n{services}", **dockerfiles})

    @property
    def database_url(self) -> str:
        return self._house.settings.database_url

    def push(self, files: dict[str, str | None]) -> Cost:
        """Goes live after it was decided, so that the next begins at rest."""
        sha, cost = self.decide(files)
        self._go_live(sha)
        return cost

    def decide(self, files: dict[str, str | None]) -> tuple[str, Cost]:
        """The commit, and what it cost from the webhook's arrival until it was handled."""
        sha = self._world.push(files)
        assert self._world.control.wait_idle()
        (hook,) = [each for each in self._receiver.of(self._world.full_name, "push") if each.payload["after"] == sha]
        self._world.control.reset_calls()
        now = self._house.clock.now()
        began, worked = time.monotonic(), time.process_time()
        self._house.store.deliveries.put([Delivery(str(uuid4()), "push", hook.raw, now)])
        drain.drain(self._parts)
        took, worked = time.monotonic() - began, time.process_time() - worked
        asked = self._world.control.calls(app="tidegate", kind="rest", path=f"/repos/{self._world.full_name}/")
        rows = self._house.store.deployments.of_commit(self._world.repository.id, sha)
        assert len(rows) == self.count, f"{len(rows)} of {self.count} services were decided"
        return sha, Cost(took, worked, tuple(f"{call['method']} {call['path']}" for call in asked))

    def _go_live(self, sha: str) -> None:
        """As the store knows it, by the moves that a rollout makes."""
        store, clock = self._house.store, self._house.clock
        for row in store.deployments.of_commit(self._world.repository.id, sha):
            if row.status is not Status.WAITING:
                continue
            store.deployments.move(row.id, Move(Status.QUEUED, "green"), clock.now())
            lane = store.deployments.claim(row.id, "bench", 60, clock.now())
            assert lane is not None
            store.deployments.move(row.id, Move(Status.DEPLOYING, "starting"), clock.now(), lane)
            store.environments.route(lane, clock.now())
            store.deployments.move(row.id, Move(Status.LIVE, "live"), clock.now(), lane)
        self._house.bell.lose_all()
        clock.advance(60)

    def close(self) -> None:
        self._house.store.close()
        self._world.github.close()


@cache
def _measured() -> Mapping[int, tuple[Cost, ...]]:
    """By the number of services: of pushes that concern half of them, after one for warmth."""
    with TemporaryDirectory(prefix="tidegate-bench-") as directory, receiving() as (url, receiver):
        place = Path(directory)
        with running(place / "standin", "--no-limits", "--webhook-url", url) as credentials:
            control = StandIn(credentials["url"])
            found = {}
            for count in SERVICES:
                repo = Monorepo(place / str(count), StandInPlace(control, credentials), receiver, count)
                pushes = [_half(count, run) for run in range(RUNS + 1)]
                found[count] = tuple(repo.push(files) for files in pushes)[1:]
                repo.close()
            control.close()
    return found


def _half(count: int, run: int) -> dict[str, str | None]:
    return {f"s{number}/page": f"run {run}" for number in range(0, count, 2)}


def decision_time() -> Measurement:
    """From the webhook in the store to a row for every service."""
    seconds = {count: median(cost.seconds for cost in costs) for count, costs in _measured().items()}
    processor = {count: median(cost.processor for cost in costs) for count, costs in _measured().items()}
    times = {f"ms_{count}": round(each * 1000) for count, each in seconds.items()}
    busy = {f"processor_ms_{count}": round(each * 1000) for count, each in processor.items()}
    ratios = {f"times_{count}": round(each / seconds[1], 1) for count, each in seconds.items()}
    compared = f"seconds from a push's webhook to the decisions of {PROMISED} services; times: ÷ those of one service"
    return Measurement("decision_time", seconds[PROMISED], 1, "s", RUNS, compared, details={**times, **busy, **ratios})


def decision_calls() -> Measurement:
    """What the decisions of one push ask GitHub. Promised are one compare and two readings of checks at most."""
    costs = {count: max(found, key=lambda cost: len(cost.calls)) for count, found in _measured().items()}
    details = {f"calls_{count}": float(len(cost.calls)) for count, cost in costs.items()}
    promised = costs[PROMISED]
    compares, readings = promised.of("/compare/"), promised.of("/check-runs")
    assert compares, "filters were asked nothing"
    assert readings, "the gate was asked nothing"
    details |= {"compares": compares, "readings": readings, "times": len(promised.calls) / len(costs[1].calls)}
    compared = (
        f"of one compare, and of two readings of checks, for one push to {PROMISED} services; times: ÷ one service"
    )
    share = max(compares / 1, readings / 2)
    return Measurement("decision_calls", share, 1, "of what is allowed", RUNS, compared, details=details)
