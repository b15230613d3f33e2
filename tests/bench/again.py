"""How long it takes to start again what was built before: a restart, a rollback, a deploy for a changed variable."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import closing
from functools import cache

import httpx

from tests.bench.deploys import bench, settled
from tests.bench.measurement import Measurement, against
from tests.e2e.apps import Files, web
from tests.e2e.project import Project
from tests.e2e.waiting import wait_for
from tidegate.deployment import Status
from tidegate.store import open_store
from worker.clock import SystemClock

RUNS = 7
_FLOOR = "create + start + first 200 by sh, on the same network"
_VARIABLE = "    envVars:\n      - {key: MODE, sync: false}\n"


def restart() -> Measurement:
    """By its button."""

    def ask(project: Project, _: int) -> None:
        _press(project, "restart")

    return _again("restart", f"Restart pressed → first 200 of the new instance ÷ {_FLOOR}", ask)


def rollback() -> Measurement:
    """By its button; each goes back to the version that the one before has left."""

    def ask(project: Project, _: int) -> None:
        _press(project, "rollback")

    return _again("rollback", f"Rollback pressed → first 200 of the version before ÷ {_FLOOR}", ask)


def config_deploy() -> Measurement:
    """From the change's own request."""

    @cache
    def signed_in(project: Project) -> tuple[httpx.Client, int]:
        """And the service's id."""
        browser = project.world.sign_in(project.owner)
        return browser, browser.get("/api/v1/deployments?limit=1").json()["deployments"][0]["service_id"]

    def ask(project: Project, run: int) -> None:
        browser, service = signed_in(project)
        change = {"name": "MODE", "value": f"run {run}"}
        browser.put(f"/api/v1/services/{service}/variables", json=change).raise_for_status()

    return _again("config_deploy", f"variable changed → first 200 of an instance that has it ÷ {_FLOOR}", ask)


def _again(name: str, compared: str, ask: Callable[[Project, int], None]) -> Measurement:
    """Against starting the same image by hand. The first run is for warmth."""
    with bench() as (made, floor), made.project() as project:
        settled(project, project.push(_files(1)))
        sha = project.push(_files(2))
        settled(project, sha)
        image, built = project.image_of(sha), project.images("")
        ours, theirs = [], []
        for run in range(RUNS + 1):
            before, began = _instance(project), time.monotonic()
            ask(project, run)
            took = _other_answers(project, before) - began
            _rest(project)
            if run:
                ours.append(took)
                theirs.append(floor.start(image, project.network()))
        assert project.images("") == built, "nothing was built"
    return against(name, 1.3, ours, theirs, compared)


def _files(number: int) -> Files:
    """Says at /instance which of its instances answers."""
    files = web(f"version {number}", extra=_VARIABLE)
    return {**files, "start.sh": f"hostname >/www/instance\n{files['start.sh']}"}


def _press(project: Project, button: str) -> None:
    check = project.our_check(project.visit("/commit").text.strip())
    assert check is not None
    project.press(check, button)


def _instance(project: Project) -> str:
    return project.visit("/instance").text


def _other_answers(project: Project, before: str) -> float:
    """When the router first answered by another instance."""
    while True:
        answer = project.visit("/instance")
        if answer.status == 200 and answer.text != before:
            return time.monotonic()
        time.sleep(0.005)  # looking costs the processors that the deploy needs


def _rest(project: Project) -> None:
    """The newest deployment is live, told, and nothing more is to do for it."""
    settings = project.world.settings
    with closing(open_store(settings.database_url, settings.secret_keys)) as store:

        def live() -> bool:
            (row,) = store.deployments.page(None, 1)
            return row.status is Status.LIVE and not store.deployments.unreported(1, SystemClock().now())

        wait_for(live, "the deployment to be live and told", 60, project.log)
    time.sleep(0.5)
