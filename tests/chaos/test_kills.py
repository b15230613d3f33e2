"""kill -9 of a part apart from a deploy's steps, which are in test_matrix.py: nothing that was told is lost, and what
was live is live."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.e2e.apps import web
from tests.e2e.project import Project
from tests.e2e.waiting import wait_for
from tests.e2e.world import QUICK, World, world

pytestmark = pytest.mark.chaos


@pytest.fixture(scope="module")
def chaos(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Its processes come back by themselves, so one world does for all kills."""
    with world(tmp_path_factory.mktemp("chaos"), QUICK) as made:
        yield made


@pytest.fixture(scope="module")
def good(chaos: World) -> Iterator[Project]:
    """A service that is live."""
    with chaos.project() as project:
        project.live(project.push(web("good")))
        yield project


def test_a_push_that_was_just_received_is_deployed_though_the_worker_was_killed(good: Project) -> None:
    sha = good.push({"www/index.html": "just received\n"})
    wait_for(lambda: good.our_check(sha), "it to be received", 30, good.log)
    good.world.kill("worker")
    good.live(sha)
    wait_for(lambda: good.serves("just received", sha), "it to be served", 30, good.log)


@pytest.mark.parametrize("part", ["redis", "web"])
def test_a_push_while_a_part_is_down_is_not_lost(good: Project, part: str) -> None:
    good.world.kill(part)
    sha = good.push({"www/index.html": f"pushed without {part}\n"})
    good.live(sha)
    assert good.serves(f"pushed without {part}", sha)


def test_a_restarted_router_comes_back_with_every_route(good: Project) -> None:
    before = good.visit("/commit").text
    good.world.kill("router")
    wait_for(lambda: good.visit("/commit").text == before, "the route to be back", 30, good.log)
