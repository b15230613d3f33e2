"""Check events say "look again" and no more: in whatever order they come, twice or never, a commit ends where its
checks do. Random histories of checks befall two repositories at once; one hears of all as it happens, the other anyhow.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.fakes.github import CI_APP
from tests.worker.house import DOCKERFILE, House
from tidegate.deployment import Status
from tidegate.events import ChecksChanged
from tidegate.repository import Repository
from worker import sweep

#: Longer than a history takes: a gate that opens in the middle of it opened rightly, and what follows is too late.
SETTLE = 60
_numbers = itertools.count(1)


@dataclass(frozen=True)
class Step:
    """After `gap` seconds the check of this app and name concludes so, or (None) runs again; without an app it is a
    commit status. `told`: which of the events so far (-1: this one) arrive now, in this order."""

    gap: int
    app: int | None
    name: str
    conclusion: str | None
    told: tuple[int, ...]


steps = st.builds(
    Step,
    gap=st.integers(0, 6),
    app=st.sampled_from([CI_APP, CI_APP, CI_APP + 1, None]),
    name=st.sampled_from(["unit", "lint"]),
    conclusion=st.sampled_from([None, "success", "success", "failure"]),
    told=st.lists(st.sampled_from([-1, -1, 0, 1, 2, 3]), max_size=2).map(tuple),
)
histories = st.lists(steps, min_size=1, max_size=7)
#: The worst that a lost event can do: the gate is closed, and nobody says that the check was run again.
RERUN_UNHEARD = [Step(1, CI_APP, "unit", "failure", (0,)), Step(5, CI_APP, "unit", "success", ())]

#: What each service counts, by the end of its name.
SERVICES = {"all": "", "unit": "    requiredChecks: [unit]\n", "both": "    countStatuses: true\n"}


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> House:
    place: Path = tmp_path_factory.mktemp("house")
    return House(place, TIDEGATE_SETTLE_SECONDS=str(SETTLE), TIDEGATE_CATCH_UP_SECONDS="1000000")


@dataclass(frozen=True)
class Told:
    """A repository whose commit waits for its checks, in three services."""

    house: House
    repository: Repository
    sha: str

    @classmethod
    def pushed(cls, house: House) -> Told:
        name = f"r{next(_numbers)}"
        services = "".join(
            f"  - name: {name}-{end}\n    type: web\n    autoDeployTrigger: checksPass\n{more}"
            for end, more in SERVICES.items()
        )
        repository = house.repository(f"octo/{name}")
        sha = house.push(repository, {"tidegate.yml": f"services:\n{services}", "Dockerfile": DOCKERFILE})
        return cls(house, repository, sha)

    def happens(self, step: Step) -> ChecksChanged:
        """At GitHub; what it would tell of it."""
        if step.app is None:
            self.house.github.status(self.repository, self.sha, step.conclusion or "pending", step.name)
        else:
            now = self.house.clock.now()
            self.house.github.check(self.repository, self.sha, step.conclusion, step.name, step.app, now)
        return ChecksChanged(self.repository.id, self.sha, step.conclusion is not None, status=step.app is None)

    def verdicts(self) -> dict[str, Status]:
        """Without their reasons: which check is named first is of the moment when the gate was closed."""
        rows = {end: self.house.row(self.repository, self.sha, f"{self.repository.name}-{end}") for end in SERVICES}
        return {end: row.status for end, row in rows.items()}


def expected(history: list[Step]) -> dict[str, Status]:
    """By SEMANTICS 3, of what the checks are in the end."""
    final = {(step.app, step.name): step.conclusion for step in history}
    runs = {key: conclusion for key, conclusion in final.items() if key[0] is not None}
    unit = {key: conclusion for key, conclusion in runs.items() if key[1] == "unit"}
    verdicts = {
        end: _verdict(set(counted.values())) for end, counted in [("all", runs), ("unit", unit), ("both", final)]
    }
    return verdicts if unit else {**verdicts, "unit": Status.WAITING}


def _verdict(conclusions: set[str | None]) -> Status:
    if not conclusions or "failure" in conclusions:
        return Status.SKIPPED
    return Status.WAITING if None in conclusions else Status.LIVE


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(histories)
@example(RERUN_UNHEARD)
def test_any_order_repetition_or_loss_of_events_ends_as_if_each_had_been_told_at_once(
    house: House, history: list[Step]
) -> None:
    in_order, anyhow = Told.pushed(house), Told.pushed(house)
    house.work()
    events: list[ChecksChanged] = []
    for step in history:
        house.clock.advance(step.gap)
        house.tell(in_order.happens(step))
        events.append(anyhow.happens(step))
        for number in step.told:
            house.tell(events[number % len(events)])
        sweep.tick(house.parts)
        house.work()
    sweep.catch_up(house.parts)
    house.work()
    house.watch(720, every=60)

    assert anyhow.verdicts() == in_order.verdicts() == expected(history)
    for told in (in_order, anyhow):
        house.github.remove(told.repository)
