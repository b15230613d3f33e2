"""kill -9 of each part at each step of a deploy: within a minute after the part is back all is as it should be.

One kill strikes seven deploys at once, each standing at another step. The Docker daemon is one of the world's own, and
its containers end with it, which is the harder way (`live-restore` is off).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass

import pytest

from tests.chaos import aftermath, table
from tests.chaos.gates import Gates, gates
from tests.chaos.steps import STEPS, Held, all_standing
from tests.e2e.waiting import wait_for
from tests.e2e.world import QUICK, World, world
from tests.own_engine import OwnEngine, own_engine

pytestmark = [pytest.mark.chaos, pytest.mark.long, pytest.mark.timeout(600)]

#: The router is HAProxy.
PARTS = ("worker", "watch", "web", "redis", "router", "engine")
#: Seconds: the promise.
MINUTE = 60.0
#: A worker for each deploy that stands; and nobody is late for having stood.
_SETTINGS = {**QUICK, "TIDEGATE_DEPLOY_WORKERS": "8", "TIDEGATE_START_TIMEOUT": "300"}


@dataclass(frozen=True)
class Stage:
    engine: OwnEngine
    world: World
    gates: Gates
    held: list[Held]

    def let_go(self) -> None:
        self.world.github.clear_faults()
        self.gates.open_all()

    def strike(self, part: str) -> None:
        """kill -9; returns once the part is back."""
        if part == "engine":
            self.engine.kill()
            self.engine.start()
            return
        before = self.world.pids()[part]
        self.world.kill(part)
        wait_for(lambda: self.world.pids()[part] != before, f"{part} to be back", MINUTE, self.world.log)


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with ExitStack() as stack:
        engine = stack.enter_context(own_engine())
        hosts = {"TIDEGATE_HOSTS": f"own {engine.url}"}
        made = stack.enter_context(world(tmp_path_factory.mktemp("matrix"), {**_SETTINGS, **hosts}))
        made.github.keep_bodies(on=False)  # what is asked of GitHub is judged elsewhere; here it is a lot
        gate = stack.enter_context(gates(engine.gateway))
        held = [Held(step, stack.enter_context(made.project()), gate) for step in STEPS]
        for each in held:
            each.begin()
        for each in held:
            each.project.live(each.newest, 2 * MINUTE)
        yield Stage(engine, made, gate, held)


@dataclass(frozen=True)
class Struck:
    """`found`: by step, the seconds from when the part was back until all was as it should be, or what wasn't yet."""

    part: str
    found: Mapping[str, float | str]


@pytest.fixture(scope="module", params=PARTS)
def struck(stage: Stage, request: pytest.FixtureRequest) -> Struck:
    """The part was killed, once."""
    with all_standing(stage.held) as router:
        stage.strike(request.param)
        back = time.monotonic()
        router.close()
        stage.let_go()
        return Struck(request.param, {each.step: _converged(each, back) for each in stage.held})


def _converged(held: Held, back: float) -> float | str:
    try:
        aftermath.converges(held.project, held.versions, back + MINUTE)
    except AssertionError as wrong:
        return str(wrong)
    return time.monotonic() - back


@pytest.mark.parametrize("step", STEPS)
def test_a_part_killed_at_any_step_costs_no_deploy(
    struck: Struck, step: str, record_property: Callable[[str, object], None]
) -> None:
    found = struck.found[step]
    record_property(table.PROPERTY, (struck.part, step, f"{found:.0f}" if isinstance(found, float) else "NO"))
    assert isinstance(found, float), found
