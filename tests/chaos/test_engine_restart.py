"""The Docker daemon is killed and started again in the middle of a rolling deploy of three instances, under load.

With `live-restore` its containers outlive it, and not a request is lost, nor is one of them made anew. Without it, as
Docker is by default, they all end with it, those that serve too: requests are lost while it is away, and all that is
promised is where it ends, with the new version on three instances.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.e2e import rolling, sturdy
from tests.e2e.no_loss import no_request_lost
from tests.e2e.project import Project
from tests.e2e.waiting import wait_for
from tests.e2e.world import QUICK, world
from tests.own_engine import OwnEngine, own_engine

pytestmark = [pytest.mark.chaos, pytest.mark.long, pytest.mark.timeout(600)]


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


def under_way(project: Project, *, live_restore: bool) -> tuple[str, str, list[str]]:
    """Old and new commit and the new one's instances: the first has traffic, the second doesn't answer yet."""
    old = project.checkout.head()
    new = project.push(rolling.three(f"new {live_restore}", rolling.WHEN_TOLD))
    first = rolling.newest(project, new)
    rolling.go(project, first)
    second = rolling.newest(project, new, {first})
    rolling.both_answer(project, old, new)
    return old, new, [first, second]


def first_version(engine: OwnEngine, project: Project, *, live_restore: bool) -> None:
    engine.kill()
    engine.start(live_restore=live_restore)
    project.live(project.push(rolling.three(f"old {live_restore}")), 90)


def all_told(project: Project, new: str) -> None:
    """Whichever they are by now, each is told to serve, until all do."""

    def look() -> bool:
        for each in project.containers(sha=new, role="instance"):
            project.tell(each, "touch", "/go")
        check = project.our_check(new)
        return check is not None and check["status"] == "completed"

    wait_for(look, "the deploy to end", 90, project.log)


def taken_over(project: Project, old: str, new: str) -> None:
    """Three new instances serve, GitHub says so, and nothing of the old ones is left."""
    project.live(new)
    rolling.gone(project, old)
    assert len(project.containers(role="instance")) == len(project.containers()) == 3
    assert {project.visit("/commit").text for _ in range(9)} == {new}
    project.status(new, "success")
    shows(project, new, "success")
    shows(project, old, "inactive")


def shows(project: Project, sha: str, state: str) -> None:
    wait_for(lambda: project.shown(sha).states()[-1:] == [state], f"GitHub to show {state}", 30, project.log)


def test_a_rolling_deploy_with_live_restore_loses_no_request(engine: OwnEngine, project: Project) -> None:
    first_version(engine, project, live_restore=True)
    with no_request_lost(project):
        old, new, there = under_way(project, live_restore=True)
        engine.kill()
        rolling.both_answer(project, old, new)
        engine.start(live_restore=True)
        all_told(project, new)
        taken_over(project, old, new)
    assert set(there) < set(project.containers(sha=new, role="instance")), "resumed, not begun anew"


def test_one_whose_second_instance_fails_then_is_taken_back_with_live_restore(
    engine: OwnEngine, project: Project
) -> None:
    first_version(engine, project, live_restore=True)
    serving = project.containers(sha=project.checkout.head(), role="instance")
    assert len(serving) == 3
    with no_request_lost(project):
        old, new, (_, second) = under_way(project, live_restore=True)
        engine.kill()
        rolling.both_answer(project, old, new)
        engine.start(live_restore=True)
        assert project.tell(second, "touch", "/fail")
        rolling.taken_back(project, old, new, serving)


def test_a_rolling_deploy_without_it_goes_on_once_the_daemon_is_back(engine: OwnEngine, project: Project) -> None:
    first_version(engine, project, live_restore=False)
    old, new, _ = under_way(project, live_restore=False)
    engine.kill()
    engine.start(live_restore=False)
    all_told(project, new)
    taken_over(project, old, new)
