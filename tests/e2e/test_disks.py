"""A disk on real parts: its files outlive the deploy, the old version stops first, and a broken one brings it back."""

from __future__ import annotations

import subprocess

import pytest

from cli import leftovers
from tests.e2e.apps import Files, web
from tests.e2e.project import Project
from tests.e2e.waiting import wait_for

pytestmark = pytest.mark.e2e

DISK = "    disk: {name: data, mountPath: /data}\n    maxShutdownDelaySeconds: 5\n"
#: One more line in a file on the disk at each start, which is served.
NOTES = 'echo "$TIDEGATE_COMMIT" >>/data/starts; ln -s /data/starts /www/starts\n'


def noting(greeting: str, start: str = "") -> Files:
    files = web(greeting, extra=DISK)
    return {**files, "start.sh": f"{NOTES}{start}{files['start.sh']}"}


def starts(project: Project) -> list[str]:
    return project.visit("/starts").text.split()


def test_files_outlive_deploys_and_a_broken_version_brings_the_old_one_back(project: Project) -> None:
    first = project.push(noting("one"))
    project.live(first)
    second = project.push(noting("two"))
    told = project.live(second)
    assert "nobody served for" in told["output"]["summary"]
    assert starts(project) == [first, second]
    assert [project.tell(each, "true") for each in project.containers(sha=first)] in ([], [False]), "it stopped first"

    broken = project.push(noting("three", "exit 3\n"))
    failed = project.ended(broken, "failure")
    assert "exited with code 3" in failed["output"]["title"]
    assert "is started again" in failed["output"]["summary"]
    wait_for(lambda: project.serves("two", second), "the version before to serve again", 60, project.log)
    assert starts(project) == [first, second, broken, second]

    (disk,) = leftovers.find(project.full_name).disks
    labels = subprocess.run(
        ("docker", "volume", "inspect", "--format", "{{.Labels}}", disk), capture_output=True, text=True, check=True
    ).stdout
    assert f"tidegate.service:{project.service}" in labels
