"""kill -9 of any process at any time: within a minute each deploy is resumed or failed, and nothing is left over."""

from __future__ import annotations

import secrets
from collections.abc import Iterator

import pytest

from cli.hub import Json
from tests.chaos import aftermath
from tests.e2e.apps import AWAITS_GO, pre_deploy, web
from tests.e2e.project import Project
from tests.e2e.waiting import wait_for
from tests.e2e.world import QUICK, World, world

pytestmark = pytest.mark.chaos

#: Seconds: the promise.
MINUTE = 60.0


@pytest.fixture(scope="module")
def chaos(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Its processes come back by themselves, so one world does for all kills."""
    with world(tmp_path_factory.mktemp("chaos"), QUICK) as made:
        yield made


@pytest.fixture
def good(chaos: World) -> Iterator[Project]:
    with chaos.project() as project:
        project.good = project.push(web("good"))
        project.live(project.good)
        yield project


def building(project: Project, sha: str) -> bool:
    check = project.our_check(sha)
    return check is not None and check["status"] == "in_progress"


def starting(project: Project, sha: str) -> bool:
    return project.containers(sha=sha, role="instance") != ()


def routed(project: Project, sha: str) -> bool:
    return project.visit("/commit").text.strip() == sha


def seen(project: Project, sha: str) -> bool:
    return project.our_check(sha) is not None


#: What the world sees at the moment of the kill. Slow steps are made slow by the Dockerfile or the start script.
MOMENTS = {"just received": seen, "in the build": building, "while it starts": starting, "just switched": routed}


def slow(greeting: str) -> dict[str, str | None]:
    files = web(greeting)
    files["Dockerfile"] = f"{files['Dockerfile']}RUN sleep 2 # {secrets.token_hex(4)}, so that no cache has it\n"
    files["start.sh"] = f"sleep 2\n{files['start.sh']}"
    return files


def through(project: Project, sha: str) -> Json:
    """Our check run, once it is concluded, however."""

    def look() -> Json | None:
        check = project.our_check(sha)
        return check if check and check["status"] == "completed" else None

    return wait_for(look, f"the deploy of {sha[:7]} to end", MINUTE, project.log)


def recovered(good: Project, sha: str) -> None:
    """After a kill: the deploy went through within the minute, and nothing of the interruption is left."""
    check = through(good, sha)
    assert check["conclusion"] == "success", (check["output"], good.log())
    assert good.serves("new", sha)
    wait_for(lambda: len(good.containers()) == 1, "one container to be left", MINUTE, good.log)
    aftermath.assert_nothing_left(good)


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_killed_worker_costs_no_deploy(good: Project, moment: str) -> None:
    sha = good.push(slow("new"))
    wait_for(lambda: MOMENTS[moment](good, sha), moment, 30, good.log)
    good.world.kill("worker")
    recovered(good, sha)


def test_a_worker_killed_in_the_middle_of_a_fetch_costs_no_deploy(good: Project) -> None:
    github = good.world.github
    github.fault("stall", path=f"^/{good.full_name}(.git)?/git-upload-pack$", seconds=10 * MINUTE)
    sha = good.push(web("new"))
    wait_for(lambda: github.faults()[0]["times"] == 0, "git to be fetching", 30, good.log)
    good.world.kill("worker")
    try:
        recovered(good, sha)
    finally:
        github.clear_faults()


def test_a_worker_killed_in_the_pre_deploy_costs_no_deploy(good: Project) -> None:
    """The command runs again, in a new container: the one that nobody waits for any more is removed first."""

    def running(but: str = "") -> str | None:
        found = set(good.containers(sha=sha, role="pre-deploy")) - {but}
        assert len(found) <= 1, found
        return found.pop() if found else None

    sha = good.push(web("new", extra=pre_deploy(AWAITS_GO)))
    first = wait_for(running, "the pre-deploy command to run", 30, good.log)
    good.world.kill("worker")
    second = wait_for(lambda: running(first), "it to run again", MINUTE, good.log)
    assert good.containers() == (second, *good.containers(sha=good.good)), "nothing new has started"
    wait_for(lambda: good.tell(second, "touch", "/go"), "it to be told to end", 30, good.log)
    recovered(good, sha)


@pytest.mark.parametrize("part", ["redis", "web", "watch", "router"])
def test_a_killed_part_costs_no_deploy(good: Project, part: str) -> None:
    sha = good.push(slow("new"))
    wait_for(lambda: building(good, sha), "the build to run", 30, good.log)
    good.world.kill(part)
    check = through(good, sha)
    assert check["conclusion"] == "success", (check["output"], good.log())
    wait_for(lambda: good.serves("new", sha), "the new version to be served", 30, good.log)


@pytest.mark.parametrize("part", ["redis", "web"])
def test_a_push_while_a_part_is_down_is_not_lost(good: Project, part: str) -> None:
    good.world.kill(part)
    sha = good.push({"www/index.html": "pushed in the dark\n"})
    good.live(sha, MINUTE)
    assert good.serves("pushed in the dark", sha)


def test_a_restarted_router_comes_back_with_every_route(good: Project) -> None:
    good.world.kill("router")
    wait_for(lambda: good.serves("good", good.good), "the route to be back", 30, good.log)
