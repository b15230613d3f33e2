"""The Docker daemon is killed and started again in the middle of a rolling deploy of three instances, under load.

With `live-restore` its containers outlive it, and not a request is lost. Without it they all end, those that serve
too, so that requests are lost while it starts; then everything is as the store says, and GitHub tells the truth.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import nullcontext

import pytest

from tests.e2e import rolling, sturdy
from tests.e2e.no_loss import no_request_lost
from tests.e2e.project import Project
from tests.e2e.waiting import wait_for
from tests.e2e.world import QUICK, world
from tests.own_engine import OwnEngine, own_engine

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(600)]


@pytest.fixture(scope="module")
def engine() -> Iterator[OwnEngine]:
    with own_engine() as made:
        sturdy.ensure_base()
        yield made


@pytest.fixture(scope="module")
def project(engine: OwnEngine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    settings = {**QUICK, "TIDEGATE_HOSTS": f"own {engine.url}", "TIDEGATE_START_TIMEOUT": "120"}
    with world(tmp_path_factory.mktemp("engine"), settings) as made, made.project() as project:
        yield project


@pytest.mark.parametrize("live_restore", [True, False])
def test_a_rolling_deploy_outlives_it(engine: OwnEngine, project: Project, live_restore: bool) -> None:
    """The second of three new instances is on its way up when it is killed."""
    engine.kill()
    engine.start(live_restore=live_restore)
    old = project.push(rolling.three(f"old {live_restore}"))
    project.live(old)
    with no_request_lost(project) if live_restore else nullcontext():
        new = project.push(rolling.three(f"new {live_restore}", rolling.WHEN_TOLD))
        first = rolling.newest(project, new)
        rolling.go(project, first)
        second = rolling.newest(project, new, {first})
        rolling.both_answer(project, old, new)
        engine.kill()
        engine.start(live_restore=live_restore)
        wait_for(lambda: project.tell(second, "touch", "/go"), "the second to run", 60, project.log)
        rolling.go(project, rolling.newest(project, new, {first, second}))
        project.live(new, 90)
        rolling.gone(project, old)
    assert len(project.containers(sha=new, role="instance")) == 3
    assert {project.visit("/commit").text for _ in range(9)} == {new}
    project.status(new, "success")
    wait_for(lambda: project.shown(new).states()[-1:] == ["success"], "GitHub's deployment", 30, project.log)
