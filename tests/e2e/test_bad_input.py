"""Whatever is wrong in the repository: a clear status on GitHub, and the old version serves on."""

from __future__ import annotations

import pytest

from cli import base_image
from tests.e2e.apps import deploy_file, mute, web
from tests.e2e.project import Project
from tests.e2e.waiting import wait_for

pytestmark = pytest.mark.e2e

#: Where the deploy file itself is at fault, no service is known to speak of.
DEPLOY_FILE_CHECK = "tidegate / tidegate.yml"


@pytest.fixture
def good(project: Project) -> Project:
    """With a version that is live."""
    sha = project.push(web("good"))
    project.live(sha)
    project.good = sha
    return project


def still_serves(good: Project) -> bool:
    return good.serves("good", good.good)


def test_a_broken_dockerfile_is_annotated_at_its_line(good: Project) -> None:
    lines = [f"FROM {base_image.NAME}", "COPY www /www", "RUN echo about to fail && exit 7", ""]
    sha = good.push({"Dockerfile": "\n".join(lines)})
    check = good.ended(sha, "failure")
    ((path, line),) = {(each["path"], each["start_line"]) for each in good.annotations(check)}
    assert (path, line) == ("Dockerfile", 3)
    assert "about to fail" in check["output"]["text"]
    assert good.shown(sha).states()[-1] == "failure"
    assert still_serves(good)
    wait_for(lambda: good.containers(sha=sha) == (), "nothing of the failed deploy to be left", 20, good.log)


def test_every_mistake_in_the_deploy_file_is_annotated_at_once(good: Project) -> None:
    broken = deploy_file("whenever", extra="    helthCheckPath: /up\n    numInstances: many\n")
    sha = good.push({"tidegate.yml": broken})
    check = good.ended(sha, "failure", name=DEPLOY_FILE_CHECK)
    lines = broken.splitlines()
    noted = {lines[each["start_line"] - 1].split(":")[0].strip() for each in good.annotations(check)}
    assert noted == {"autoDeployTrigger", "helthCheckPath", "numInstances"}
    assert any("healthCheckPath" in each["message"] for each in good.annotations(check)), "it suggests the right name"
    assert still_serves(good)


def test_no_deploy_file_is_said_and_changes_nothing(good: Project) -> None:
    sha = good.push({"tidegate.yml": None})
    check = good.ended(sha, "skipped", name=DEPLOY_FILE_CHECK)
    assert "services:" in check["output"]["summary"], "it says what to add"
    assert good.shown(sha).deployments == ()
    assert still_serves(good)


def test_an_image_that_never_answers_fails_with_its_reason(good: Project) -> None:
    sha = good.push(mute())
    check = good.ended(sha, "failure", "timed_out")
    assert "3000" in check["output"]["summary"]
    assert still_serves(good)
    wait_for(lambda: good.containers(sha=sha) == (), "its container to be gone", 20, good.log)


def test_a_wrong_port_names_the_one_it_listens_on(good: Project) -> None:
    check = good.ended(good.push(web("elsewhere", port="8123")), "failure", "timed_out")
    assert "8123" in f"{check['output']['title']} {check['output']['summary']}"
    assert still_serves(good)


def test_a_container_that_ends_at_once_tells_its_exit_code_and_last_words(good: Project) -> None:
    check = good.ended(good.push({"start.sh": "echo no database here >&2; exit 3\n"}), "failure")
    assert "3" in check["output"]["summary"]
    assert "no database here" in check["output"]["text"]
    assert still_serves(good)


def test_a_first_deploy_that_fails_serves_nothing(project: Project) -> None:
    project.ended(project.push({**web("x"), "Dockerfile": "FROM tidegate-demo/no-such-image:1\n"}), "failure")
    assert project.visit().status in {404, 503}
