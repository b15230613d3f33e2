"""The pre-deploy command: between build and start, in a container of its own of which nothing is kept."""

from __future__ import annotations

import pytest

from tests.e2e.apps import AWAITS_GO, pre_deploy, web
from tests.e2e.project import Project
from tests.e2e.waiting import wait_for

pytestmark = pytest.mark.e2e


@pytest.fixture
def good(project: Project) -> Project:
    """With a version that is live."""
    project.good = project.push(web("good"))
    project.live(project.good)
    return project


def test_it_runs_before_the_service_and_apart_from_it(good: Project) -> None:
    spoil = 'echo spoiled >/www/index.html; echo "migrating for $TIDEGATE_COMMIT on $(hostname)"'
    sha = good.push(web("new", extra=pre_deploy(f"{spoil}; {AWAITS_GO}; echo migrated")))
    (container,) = wait_for(lambda: good.containers(sha=sha, role="pre-deploy") or None, "it to run", 30, good.log)
    assert good.containers(sha=sha, role="instance") == (), "nothing new has started"
    assert good.serves("good", good.good)

    wait_for(lambda: good.tell(container, "touch", "/go"), "it to be told to end", 30, good.log)
    check = good.live(sha)
    assert good.serves("new", sha), "what it changed is thrown away"
    assert "pre-deploy" in check["output"]["summary"]
    assert f"migrating for {sha} on {container[:12]}" in check["output"]["text"], "it ran in a container of its own"
    assert "migrated" in check["output"]["text"]
    assert good.containers(role="pre-deploy") == ()


def test_one_that_fails_tells_its_exit_code_and_the_old_version_serves_on(good: Project) -> None:
    long = "true " + "with many arguments " * 20
    sha = good.push(web("new", extra=pre_deploy(f"{long}; echo no such table: users >&2; exit 43")))
    check = good.ended(sha, "failure")
    assert "exited with code 43" in check["output"]["title"]
    assert "no such table: users" in check["output"]["text"]
    assert "exited with code 43" in good.status(sha, "failure")["description"]
    assert good.shown(sha).states()[-1] == "failure"
    assert good.containers(sha=sha) == ()
    assert good.serves("good", good.good)
