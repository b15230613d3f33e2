"""A service of type cron on real parts: a run outlives whoever watches it, and ends once, with all that it printed."""

from __future__ import annotations

import json

import httpx
import pytest

from cli import base_image
from cli.hub import Json
from tests.e2e.apps import Files
from tests.e2e.project import Project
from tests.e2e.waiting import wait_for

pytestmark = pytest.mark.e2e

#: So seldom that no schedule comes into the story.
DEPLOY_FILE = 'services:\n  - name: app\n    type: cron\n    schedule: "0 0 29 2 *"\n    maxShutdownDelaySeconds: 1\n'
#: Works until there is a file /done, with the exit code that is in it.
WORKS = "echo run of $TIDEGATE_COMMIT, port ${PORT:-none}\nuntil [ -e /done ]; do sleep 0.1; done\nexit $(cat /done)\n"


def working() -> Files:
    dockerfile = f'FROM {base_image.NAME}\nCOPY work.sh /\nCMD ["sh", "/work.sh"]\n'
    return {"tidegate.yml": DEPLOY_FILE, "Dockerfile": dockerfile, "work.sh": WORKS}


class Cron:
    """The service as its owner sees it by the API."""

    def __init__(self, project: Project, check: Json) -> None:
        self.project, self.browser = project, project.world.sign_in(project.owner)
        deployment = self.get(f"/api/v1/deployments/{check['details_url'].rpartition('/')[2]}").json()
        self.path = f"/api/v1/services/{deployment['service_id']}/runs"

    def get(self, path: str) -> httpx.Response:
        return self.browser.get(path).raise_for_status()

    def ask(self) -> int:
        return int(self.browser.post(self.path).raise_for_status().json()["run"]["id"])

    def becomes(self, run: int, state: str) -> Json:
        def look() -> Json | None:
            told = next(each for each in self.get(self.path).json()["runs"] if each["id"] == run)
            return told if told["state"] == state else None

        return wait_for(look, f"run {run} to be {state}", 30, self.project.log)

    def printed(self, run: int) -> list[str]:
        return [json.loads(line)["text"] for line in self.get(f"{self.path}/{run}/logs").text.splitlines()]

    def container(self) -> str:
        def look() -> str | None:
            found = [each for each in self.project.containers(role="run") if self.project.tell(each, "true")]
            return found[0] if len(found) == 1 else None

        return wait_for(look, "one container that runs", 30, self.project.log)


def test_a_run_outlives_its_watcher_and_one_by_hand_takes_its_place(project: Project) -> None:
    sha = project.push(working())
    cron = Cron(project, project.live(sha))
    assert project.containers(sha=sha) == ()
    assert project.visit().status == 404

    first = cron.ask()
    cron.becomes(first, "running")
    container = cron.container()
    project.world.kill("watch")
    second = cron.ask()
    canceled = cron.becomes(first, "canceled")
    assert canceled["reason"].startswith(f"{project.owner} started another by hand")
    cron.becomes(second, "running")
    assert cron.container() != container
    assert cron.printed(first) == [f"run of {sha}, port none"]

    project.world.kill("watch")
    assert project.tell(cron.container(), "sh", "-c", "echo 0 >/done")
    done = cron.becomes(second, "completed")
    assert (done["exit_code"], done["deployment"]) == (0, canceled["deployment"])
    assert cron.printed(second) == [f"run of {sha}, port none"]

    third = cron.ask()
    assert project.tell(cron.container(), "sh", "-c", "echo 3 >/done")
    assert cron.becomes(third, "failed")["reason"] == "exited with code 3"
    wait_for(lambda: project.containers(role="run") == (), "the last container to be removed", 30, project.log)
    assert len(cron.get(cron.path).json()["runs"]) == 3
