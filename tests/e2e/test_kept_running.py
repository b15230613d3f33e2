"""What is live is kept running on real parts: a crash, a service that fails its probes, containers that vanish."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.apps import Files, web
from tests.e2e.project import Project
from tests.e2e.waiting import wait_for
from tests.e2e.world import QUICK, world

pytestmark = pytest.mark.e2e

#: Probes by the second, so that a story needn't wait for minutes; the way is the same.
_OFTEN = {"TIDEGATE_PROBE_SECONDS": "0.5", "TIDEGATE_UNHEALTHY_SECONDS": "3"}


@pytest.fixture(scope="module")
def near(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    with world(tmp_path_factory.mktemp("kept"), {**QUICK, **_OFTEN}) as made, made.project() as project:
        yield project


def sick(extra: str = "") -> Files:
    """Well for as long as /www/well is there; each start makes it."""
    files = web("hello", extra=f"    healthCheckPath: /well\n{extra}")
    return {**files, "start.sh": f"echo well >/www/well\n{files['start.sh']}"}


def serves(project: Project, sha: str) -> None:
    wait_for(lambda: project.visit().status == 200, "the service to serve", 30, project.log)
    assert project.visit("/commit").text.strip() == sha


def only(project: Project, sha: str) -> str:
    (container,) = project.containers(sha=sha, role="instance")
    return container


def test_a_crash_is_mended_and_told(near: Project) -> None:
    sha = near.push(sick())
    near.live(sha)
    container = only(near, sha)
    near.tell(container, "sh", "-c", "kill -9 $(pidof httpd)")
    wait_for(lambda: "it is started again at once" in near.timeline(sha), "the crash to be told", 20, near.log)
    serves(near, sha)
    assert only(near, sha) == container, "started again, not made anew"
    wait_for(lambda: "answers again" in near.timeline(sha), "its recovery to be told", 20, near.log)


def test_one_that_is_never_restarted_is_shown_as_failed(near: Project) -> None:
    sha = near.push(sick("    restartPolicy: NEVER\n"))
    near.live(sha)
    near.tell(only(near, sha), "sh", "-c", "kill -9 $(pidof httpd)")
    wait_for(lambda: near.shown(sha).states()[-1:] == ["failure"], "GitHub to show the crash", 30, near.log)
    assert near.visit().status == 503
    check = near.our_check(sha)
    assert check is not None
    assert check["conclusion"] == "success", "the commit did come live"


def test_one_that_fails_its_probes_is_unrouted_restarted_and_routed_again(near: Project) -> None:
    sha = near.push(sick())
    near.live(sha)
    assert near.tell(only(near, sha), "rm", "/www/well")
    wait_for(lambda: near.visit().status == 503, "it to be unrouted", 20, near.log)
    serves(near, sha)
    told = near.timeline(sha)
    assert "has failed 3 probes in a row: 404 Not Found" in told
    assert told.count("it is started again at once") == 0, "a restart of ours is no crash"


def test_what_ended_or_vanished_while_nobody_watched_is_brought_back(near: Project) -> None:
    sha = near.push(sick("    numInstances: 2\n    restartPolicy: NEVER\n"))
    near.live(sha)
    first, second = near.containers(sha=sha, role="instance")
    near.world.kill("watch")
    subprocess.run(("docker", "kill", first), check=True, capture_output=True)
    subprocess.run(("docker", "rm", "--force", second), check=True, capture_output=True)
    wait_for(lambda: len(near.containers(sha=sha, role="instance")) == 2, "both to be there", 60, near.log)
    serves(near, sha)
    wait_for(lambda: near.timeline(sha).count("answers again") == 2, "both to answer", 30, near.log)
    wait_for(lambda: near.shown(sha).states()[-1] == "success", "GitHub to say so", 30, near.log)


@pytest.mark.long
def test_a_crash_loop_ends(tmp_path: Path) -> None:
    """Left alone after so many restarts, with the reason on GitHub, and its output in the log."""
    with world(tmp_path, {**QUICK, **_OFTEN, "TIDEGATE_RESTART_LIMIT": "2"}) as made, made.project() as project:
        files = web("hello")
        loop = "[ -e /again ] && echo doomed && sleep 0.3 && exit 3\necho >/again\n"
        sha = project.push({**files, "start.sh": loop + (files["start.sh"] or "")})
        project.live(sha)
        project.tell(only(project, sha), "sh", "-c", "kill -9 $(pidof httpd)")
        wait_for(lambda: "2 times in vain" in project.timeline(sha), "it to be left alone", 30, project.log)
        wait_for(lambda: project.shown(sha).states()[-1:] == ["failure"], "GitHub to say so", 30, project.log)
        wait_for(lambda: "doomed" in project.timeline(sha), "its output to be in the log", 20, project.log)
