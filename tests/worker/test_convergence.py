"""Whatever becomes of the events, one sweep later everything is as if each had been told at once.

A random history of pushes, pull requests and checks befalls two worlds alike. One hears of each step as it happens; of
the other's events 30 % are lost, 20 % come twice, and all of them anyhow. Set TIDEGATE_SEEDS to try others.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import pytest

from tests.fakes.commits import tree_of
from tests.worker.house import DOCKERFILE, House
from tidegate.deployment import Status
from tidegate.events import BranchPushed, ChecksChanged, Event, PullRequestChanged
from tidegate.repository import PRODUCTION, Repository

FILE = (
    "services:\n"
    "  - {name: web, type: web}\n"
    "  - {name: api, type: web, rootDir: api}\n"
    "  - {name: jobs, type: web, autoDeployTrigger: checksPass}\n"
    "previews:\n  generation: automatic\n"
)
STEPS, PULLS = 30, 4
LOST, DOUBLED = 0.3, 0.2
SEEDS = [int(seed) for seed in os.environ.get("TIDEGATE_SEEDS", "1 2").split()]
#: Longer than the overlap and the shutdown of what was replaced, shorter than the time between two sweeps.
_A_WHILE = 150

Step = Callable[["World"], list[Event]]


@dataclass
class World:
    house: House
    repository: Repository
    #: Numbers of the pull requests that were opened.
    opened: list[int] = field(default_factory=list)

    @classmethod
    def begun(cls, place: Path) -> World:
        place.mkdir()
        house = House(place)
        repository = house.repository()
        house.push(repository, {"tidegate.yml": FILE, "Dockerfile": DOCKERFILE, "api/Dockerfile": DOCKERFILE})
        house.work()
        return cls(house, repository)

    def head(self, branch: str) -> str:
        return self.house.github._histories[self.repository.id].branches[branch]

    def parent(self, sha: str) -> str | None:
        return self.house.github._histories[self.repository.id].commits[sha].parent

    def moved(self, before: str) -> Event:
        return BranchPushed(self.repository.id, "main", before, self.head("main"), forced=False, actor="octo")

    def changed(self, number: int) -> Event:
        return PullRequestChanged(self.repository.id, number, "octo")

    def heads(self) -> list[str]:
        github = self.house.github
        pulls = [github.pull_now(self.repository, number) for number in self.opened]
        return [self.head("main"), *(pull.head_sha for pull in pulls if pull.open)]


# What happens. Each step is drawn once, and done to both worlds.


def push(world: World, file: str, text: str) -> list[Event]:
    before = world.head("main")
    world.house.github.push(world.repository, {file: text})
    return [world.moved(before)]


def set_back(world: World) -> list[Event]:
    before = world.head("main")
    parent = world.parent(before)
    if parent is None or world.parent(parent) is None:
        return []
    world.house.github.set_branch(world.repository, "main", parent)
    return [world.moved(before)]


def open_pull(world: World, file: str, text: str, fork: str | None) -> list[Event]:
    if len(world.opened) == PULLS:
        return []
    branch = f"branch-{len(world.opened) + 1}"
    made = world.house.github.open_pull(world.repository, {file: text}, branch=branch, fork_of=fork)
    world.opened.append(made.number)
    return [world.changed(made.number)]


def push_pull(world: World, number: int, file: str, text: str) -> list[Event]:
    if number not in world.opened or not world.house.github.pull_now(world.repository, number).open:
        return []
    world.house.github.push_pull(world.repository, number, {file: text})
    return [world.changed(number)]


def end_or_reopen(world: World, number: int) -> list[Event]:
    if number not in world.opened:
        return []
    pull, github = world.house.github.pull_now(world.repository, number), world.house.github
    if not pull.open:
        github.reopen_pull(world.repository, number)
    else:
        github.close_pull(world.repository, number)
    return [world.changed(number)]


def merge(world: World, number: int) -> list[Event]:
    pull = world.house.github.pull_now(world.repository, number) if number in world.opened else None
    if pull is None or not pull.open:
        return []
    before = world.head("main")
    world.house.github.push(world.repository, {f"merged-{number}": pull.head_sha}, "Merge")
    world.house.github.close_pull(world.repository, number, merged=True)
    return [world.moved(before), world.changed(number)]


def label(world: World, number: int) -> list[Event]:
    if number not in world.opened:
        return []
    pull, github = world.house.github.pull_now(world.repository, number), world.house.github
    change = github.unlabel if pull.labels else github.label
    change(world.repository, number, "tidegate-preview-skip")
    return [world.changed(number)]


def check(world: World, which: int, conclusion: str | None) -> list[Event]:
    heads = world.heads()
    return conclude(world, heads[which % len(heads)], conclusion)


def conclude(world: World, sha: str, conclusion: str | None) -> list[Event]:
    world.house.github.check(world.repository, sha, conclusion, at=world.house.clock.now())
    return [ChecksChanged(world.repository.id, sha, concluded=conclusion is not None)]


def drawn(random: Random, turn: int) -> Step:
    number, file, text = random.randint(1, PULLS), random.choice(["page", "api/code"]), f"text {turn}"
    which, conclusion = random.randint(0, 9), random.choice(["success", "success", "failure", None])
    fork = random.choice([None, None, None, "stranger"])
    steps: list[Step] = [
        lambda world: push(world, file, text),
        lambda world: open_pull(world, file, text, fork),
        lambda world: push_pull(world, number, file, text),
        lambda world: check(world, which, conclusion),
        lambda world: end_or_reopen(world, number),
        lambda world: merge(world, number),
        lambda world: label(world, number),
        set_back,
    ]
    return random.choices(steps, weights=[5, 5, 6, 6, 3, 1, 2, 1])[0]


# What is seen in the end


def running(world: World) -> dict[str, str | None]:
    """By place; `api` by what concerns it, since a push that doesn't may be the one that was lost."""
    found: dict[str, str | None] = {}
    for name in ("web", "api", "jobs"):
        for host in (name, *(f"{name}-pr-{number}" for number in world.opened)):
            sha = world.house.serving(host)
            files = world.house.github.files(world.repository, sha) if sha else None
            found[host] = tree_of(files, "api") if name == "api" and files is not None else sha
    return found


def checks(world: World) -> dict[tuple[str, str], tuple[str | None, str]]:
    """Newest runs of the commits that count in the end, but for previews that are gone, whose runs tell what was: for
    `api` it makes no difference whether it had to be moved."""
    newest = {
        (run.output.sha, run.output.name): (run.output.conclusion, run.output.title)
        for run in world.house.github.check_runs.values()
        if run.output.sha in world.heads()
    }
    absent = {f"(pr-{number})" for number in world.opened if _is_absent(world, number)}
    return {
        key: ("well", "") if "/ api" in key[1] and shown[0] in {"skipped", "success"} else shown
        for key, shown in newest.items()
        if not any(key[1].endswith(name) for name in absent)
    }


def comments(world: World) -> dict[int, str]:
    """Of those that are open; one that was opened, closed and never heard of between has none."""
    found = {}
    for number in _open(world):
        bodies = [each.body for each in world.house.github.comments_of(world.repository, number)]
        assert len(bodies) <= 1
        record = world.house.preview(world.repository, number)
        told = "\n".join(line for body in bodies for line in body.splitlines() if "`api`" not in line)
        found[number] = record.absent or re.sub(r"deployments/\w+", "deployments/…", told)
    return found


def deployments(world: World) -> set[tuple[str, str]]:
    """Environments with the commit that GitHub shows as deployed there."""
    return {
        (each.environment, each.sha)
        for each in world.house.github.deployments.values()
        if each.states and each.states[-1].state == "success" and not each.environment.startswith("api")
    }


def leftovers(world: World) -> list[str]:
    absent = [number for number in world.opened if _is_absent(world, number)]
    return [left for number in absent for left in world.house.left_of(world.repository, number)]


def _is_absent(world: World, number: int) -> bool:
    record = world.house.store.previews.get(world.repository.id, number)
    return record is None or record.absent is not None


def _open(world: World) -> list[int]:
    return [number for number in world.opened if world.house.github.pull_now(world.repository, number).open]


class Hearsay:
    """Tells of what happens anyhow: late, twice, or never."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self._late: list[Event] = []

    def hear(self, events: list[Event]) -> list[Event]:
        for event in events:
            if self._random.random() >= LOST:
                self._late += [event] * (2 if self._random.random() < DOUBLED else 1)
        self._random.shuffle(self._late)
        count = self._random.randint(0, len(self._late))
        told, self._late = self._late[:count], self._late[count:]
        return told

    def rest(self) -> list[Event]:
        told, self._late = self._late, []
        return told


def live_through(world: World, steps: list[Step], hear: Callable[[list[Event]], list[Event]]) -> None:
    for step in steps:
        world.house.clock.advance(2)
        for event in hear(step(world)):
            world.house.tell(event)
        world.house.work()
    world.house.clock.advance(2)
    for sha in world.heads():  # in the end all is green: a red head would leave what was heard of before it
        for event in hear(conclude(world, sha, "success")):
            world.house.tell(event)
    world.house.work()


def settle(world: World, rest: list[Event]) -> None:
    """The last events, one sweep, and a while."""
    for event in rest:
        world.house.tell(event)
    world.house.work()
    world.house.bell.catch_up()
    world.house.work()
    world.house.watch(_A_WHILE, every=10)


@pytest.mark.parametrize("seed", SEEDS)
def test_lost_repeated_and_shuffled_events_end_as_if_each_had_been_told_at_once(tmp_path: Path, seed: int) -> None:
    print(f"seed {seed}")  # to try it again
    random = Random(seed)
    steps = [drawn(random, turn) for turn in range(STEPS)]
    faithful, other = World.begun(tmp_path / "faithful"), World.begun(tmp_path / "other")
    hearsay = Hearsay(random)
    live_through(faithful, steps, lambda events: events)
    settle(faithful, [])
    live_through(other, steps, hearsay.hear)
    settle(other, hearsay.rest())

    assert faithful.heads() == other.heads()
    assert running(other) == running(faithful)
    assert checks(other) == checks(faithful)
    assert comments(other) == comments(faithful)
    assert deployments(other) == deployments(faithful)
    assert leftovers(other) == leftovers(faithful) == []
    live = other.house.row(other.repository, other.head("main"), "jobs", PRODUCTION)
    assert live.status is Status.LIVE, "it ends green, so all of it is live"
