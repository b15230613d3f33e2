"""A private service on real parts: the others of its repository reach it by its name, and nobody else does."""

from __future__ import annotations

import threading

import pytest

from cli import base_image
from tests.e2e.apps import Files, web
from tests.e2e.project import Project
from tests.e2e.waiting import wait_for

pytestmark = pytest.mark.e2e

#: `api` answers at its port; `app` asks it by its name for each of its own visitors.
SERVICES = """\
services:
  - name: app
    type: web
    buildFilter: {paths: [app/**]}
    dockerfilePath: app/Dockerfile
  - name: api
    type: private
    port: 4000
    buildFilter: {paths: [api/**]}
    dockerfilePath: api/Dockerfile
"""
ASKS = "#!/bin/sh\nprintf 'Content-Type: text/plain\\n\\n'\nwget -qO - http://api:4000/ || echo unreachable\n"


def dockerfile(directory: str) -> str:
    return f'FROM {base_image.NAME}\nCOPY {directory} /\nRUN chmod -R a+x /www\nCMD ["sh", "/start.sh"]\n'


def answering(greeting: str, begin: str = "") -> Files:
    start = web("", port="4000")["start.sh"] or ""
    return {"api/www/index.html": f"{greeting}\n", "api/start.sh": begin + start, "api/Dockerfile": dockerfile("api")}


def both(greeting: str) -> Files:
    asking: Files = {
        "app/www/index.html": "hello\n",
        "app/www/cgi-bin/ask": ASKS,
        "app/start.sh": web("")["start.sh"],
        "app/Dockerfile": dockerfile("app"),
    }
    return {"tidegate.yml": SERVICES, **asking, **answering(greeting)}


def asked(project: Project) -> str:
    return project.visit("/cgi-bin/ask").text.strip()


def test_it_is_reached_by_its_name_through_every_deploy_and_has_no_address(project: Project) -> None:
    first = project.push(both("one"))
    project.live(first)
    check = project.ended(first, "success", name="tidegate / api")
    assert "Serves at" not in check["output"]["summary"]
    wait_for(lambda: asked(project) == "one", "the name to lead to it", 20, project.log)
    shown = project.shown(first)
    (made,) = [each for each in shown.deployments if each["environment"] == "api"]
    assert [each["environment_url"] for each in shown.statuses[made["id"]] if each["environment_url"]] == []

    seen: list[str] = []
    done = threading.Event()

    def visitor() -> None:
        while not done.wait(0.05):  # each visit starts three processes in the container
            seen.append(asked(project))

    visiting = threading.Thread(target=visitor)
    visiting.start()
    try:
        broken = project.push(answering("broken", "echo no database\nexit 3\n"))
        failed = project.ended(broken, "failure", name="tidegate / api")
        assert "exited with code 3" in failed["output"]["title"]
        assert "no database" in failed["output"]["text"]
        mute = project.push(answering("mute", "exec sleep 100000\n"))
        assert "port 4000" in project.ended(mute, "timed_out", name="tidegate / api")["output"]["title"]
        assert set(seen) == {"one"}, "whatever was broken had no visitor"

        second = project.push(answering("two"))
        project.ended(second, "success", name="tidegate / api")
        since = len(seen) + 1  # after the one that is being asked
        wait_for(lambda: project.containers(sha=first, service="api") == (), "the first to be retired", 40, project.log)
    finally:
        done.set()
        visiting.join()
    assert set(seen) == {"one", "two"}
    # While the name goes over it leads to either of them, and both are well.
    assert set(seen[since:]) == {"two"}, "never back once it is live"
    assert asked(project) == "two"
