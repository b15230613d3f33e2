"""A second Docker host as most people have one: reached by ssh alone, and its images come from a registry."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.e2e.apart import Apart, engine_apart
from tests.e2e.apps import web
from tests.e2e.project import Project
from tests.e2e.waiting import wait_for
from tests.e2e.world import QUICK, world
from tests.image_registry import ImageRegistry, image_registry
from tests.sshd import Sshd, sshd

pytestmark = [pytest.mark.e2e, pytest.mark.long]

#: In the other network the registry has the same address: an engine trusts one without TLS on its own machine alone.
_RELAY = """\
defaults
  mode tcp
  timeout connect 5s
  timeout client 60s
  timeout server 60s
listen registry
  bind {address} namespace {namespace}
  server registry {address}
"""


@dataclass(frozen=True)
class Far:
    apart: Apart
    ssh: Sshd
    registry: ImageRegistry
    project: Project


@contextmanager
def _relayed(place: Path, registry: ImageRegistry, apart: Apart) -> Iterator[None]:
    haproxy = shutil.which("haproxy", path="/usr/sbin:/usr/bin")
    assert haproxy is not None
    config = place / "relay.cfg"
    config.write_text(_RELAY.format(address=registry.address, namespace=apart.namespace))
    relay = subprocess.Popen((haproxy, "-db", "-f", str(config)))
    asked = (*apart.inside, "curl", "--silent", "--fail", f"http://{registry.address}/v2/")
    try:
        wait_for(lambda: subprocess.run(asked, check=False).returncode == 0, "the registry over there", 20)
        yield
    finally:
        relay.terminate()
        relay.wait(20)


@pytest.fixture
def far(tmp_path: Path) -> Iterator[Far]:
    with engine_apart(tmp_path) as apart, sshd(tmp_path) as ssh, image_registry(tmp_path) as registry:
        by_ssh = f"{ssh.url}{apart.socket} us address={apart.address} key={ssh.key} known_hosts={ssh.known_hosts}"
        hosts = f"here unix:///var/run/docker.sock eu, there {by_ssh}"
        settings = {**QUICK, "TIDEGATE_HOSTS": hosts, "REGISTRY_URL": registry.address}
        with (
            _relayed(tmp_path, registry, apart),
            world(tmp_path / "world", settings) as made,
            made.project() as project,
        ):
            yield Far(apart, ssh, registry, project)


def test_deploys_go_there_by_ssh_and_registry_and_what_is_lost_stops_nothing_that_runs(far: Far) -> None:
    project, both = far.project, "    numInstances: 2\n"
    first = project.push(web("one", extra=both))
    printed = "\n".join(project.printed(project.live(first, patience=120)))
    assert f"by the registry {far.registry.address}" in printed
    assert "copied" not in printed
    assert (len(far.apart.instances(first)), len(project.containers(sha=first, role="instance"))) == (1, 1)
    assert all(project.serves("one", first) for _ in range(8)), "both serve"

    far.registry.stop()
    second = project.push(web("two", extra=both))
    assert "copied from host to host" in "\n".join(project.printed(project.live(second, patience=120)))
    assert len(far.apart.instances(second)) == 1
    wait_for(lambda: far.apart.instances(first) == [], "the old version to leave", 60, project.log)

    far.ssh.cut()
    wait_for(lambda: "can't be reached" in project.timeline(second), "that to be told", 60, project.log)
    third = project.push(web("three", extra=both))
    project.live(third, patience=120)
    assert len(project.containers(sha=third, role="instance")) == 2, "placed where a host answers"
    assert len(far.apart.instances(second)) == 1, "nobody could end it there"
    far.ssh.start()
    wait_for(
        lambda: far.apart.instances(second) == [], "the old version to leave the host that is back", 90, project.log
    )
    told = project.timeline(second)
    assert "crashed" not in told
    assert "was started again" not in told
    project.keep_looking(1, lambda: project.serves("three", third))
