"""Two Docker hosts on real engines: an image is copied, both serve, one is cut off for a while and comes back."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.e2e.apart import Apart, engine_apart
from tests.e2e.apps import web
from tests.e2e.project import Project
from tests.e2e.waiting import wait_for
from tests.e2e.world import QUICK, world

pytestmark = pytest.mark.e2e

_OFTEN = {"TIDEGATE_PROBE_SECONDS": "0.5", "TIDEGATE_PROBE_TIMEOUT": "1", "TIDEGATE_UNHEALTHY_SECONDS": "3"}


@pytest.fixture(scope="module")
def apart(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Apart]:
    with engine_apart(tmp_path_factory.mktemp("apart")) as made:
        yield made


@pytest.fixture(scope="module")
def project(apart: Apart, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    hosts = f"here unix:///var/run/docker.sock eu, there {apart.url} us certs={apart.certificates}"
    settings = {**QUICK, **_OFTEN, "TIDEGATE_HOSTS": hosts}
    with world(tmp_path_factory.mktemp("hosts"), settings) as made, made.project() as project:
        yield project


@pytest.mark.parametrize("seconds", [3, pytest.param(60, marks=pytest.mark.long)])
def test_one_is_cut_off_for_a_while_and_comes_back(project: Project, apart: Apart, seconds: int) -> None:
    """For so long after its silence was told."""
    one, two = (f"{each}, {seconds} s" for each in ("one", "two"))
    sha = project.push(web(one, extra="    numInstances: 2\n"))
    project.live(sha, patience=120)
    before = apart.instances(sha)
    assert (len(before), len(project.containers(sha=sha, role="instance"))) == (1, 1)
    assert all(project.serves(one, sha) for _ in range(8)), "both serve the same image"

    apart.cut()
    wait_for(lambda: "has failed" in project.timeline(sha), "its instance to leave the router", 60, project.log)
    wait_for(lambda: "can't be reached" in project.timeline(sha), "that to be told", 60, project.log)
    project.keep_looking(seconds, lambda: project.serves(one, sha))

    apart.mend()
    wait_for(lambda: "answers again (" in project.timeline(sha), "its instance to serve again", 90, project.log)
    wait_for(lambda: "there answers again" in project.timeline(sha), "that to be told", 90, project.log)
    assert apart.instances(sha) == before, "nobody touched what went on"
    told = project.timeline(sha)
    assert "crashed" not in told
    assert "was started again" not in told

    apart.cut()
    new = project.push(web(two, extra="    numInstances: 2\n"))
    project.live(new, patience=120)
    assert len(project.containers(sha=new, role="instance")) == 2, "placed where a host answers"
    assert apart.instances(new) == []
    apart.mend()
    wait_for(lambda: apart.instances(sha) == [], "the old version to leave the host that is back", 90, project.log)
    project.keep_looking(1, lambda: project.serves(two, new))
