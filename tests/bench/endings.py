"""How soon what is canceled is gone, and what has crashed is out of the router, and back."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable
from contextlib import closing
from functools import partial
from pathlib import Path
from statistics import median, quantiles

from cli.visit import visit
from tests.bench.deploys import bench
from tests.bench.measurement import Measurement
from tests.e2e.apps import Files, mute, pre_deploy, web
from tests.e2e.project import Project
from tests.e2e.waiting import wait_for
from tidegate.deployment import Deployment, Status
from tidegate.store import Store, open_store
from worker.router.layout import NOT_ANSWERING
from worker.router.runtime import Runtime

#: Deploys that are canceled in each of the steps.
_CANCELED = 7
_CRASHED = 7
_LOOK = 0.005


def cancel() -> Measurement:
    """By the API, while a build runs, a pre-deploy command, and an instance that never answers."""
    took: dict[str, list[float]] = {step: [] for step in _STANDING}
    with bench() as (made, _), made.project() as project, closing(_store(project)) as store:
        browser = made.sign_in(project.owner)
        for run in range(_CANCELED):
            for step, (files, stands) in _STANDING.items():
                sha = project.push({**files, "www/run": f"{step} {run}\n"})
                wait_for(partial(stands, project, sha), f"{step} to run", 60, project.log)
                row = _newest(store)
                began = time.monotonic()
                browser.post(f"/api/v1/deployments/{row.id}/cancel").raise_for_status()
                while _newest(store).status is not Status.CANCELED or project.containers(sha=sha):
                    time.sleep(_LOOK)
                took[step].append(time.monotonic() - began)
    details: dict[str, float] = {f"{step}_ms": round(median(each) * 1000) for step, each in took.items()}
    all_of_them = [each for step in took.values() for each in step]
    compared = "p95 from the request to cancel until the deploy is canceled and no container of it is left"
    return Measurement("cancel", quantiles(all_of_them, n=20)[-1], 2, "s", len(all_of_them), compared, details=details)


def _files(files: Files, dockerfile: str = "", extra: str = "") -> Files:
    whole = web("never", extra=extra)
    return {**whole, **files, "tidegate.yml": whole["tidegate.yml"], "Dockerfile": f"{whole['Dockerfile']}{dockerfile}"}


def _builds(project: Project, sha: str) -> bool:
    with closing(_store(project)) as store:
        rows = store.deployments.page(None, 1)
        return any(row.sha == sha for row in rows) and any(
            "begun" in line.text for row in rows for line in store.logs.tail(row.id, 100)
        )


#: By step: a repository that stays there, and whether it is there.
_STANDING: dict[str, tuple[Files, Callable[[Project, str], object]]] = {
    "build": (_files({}, "RUN echo begun; sleep 1000\n"), _builds),
    "pre_deploy": (
        _files({}, extra=pre_deploy("sleep 1000")),
        lambda project, sha: project.containers(sha=sha, role="pre-deploy"),
    ),
    "start": (_files(mute()), lambda project, sha: project.containers(sha=sha, role="instance")),
}


def _store(project: Project) -> Store:
    settings = project.world.settings
    return open_store(settings.database_url, settings.secret_keys)


def _newest(store: Store) -> Deployment:
    (row,) = store.deployments.page(None, 1)
    return row


def crash_unrouted() -> Measurement:
    """A service that takes its time to be back, so that the time without it can be seen."""

    def unrouted(project: Project, service: str) -> Callable[[], bool]:
        settings = project.world.settings
        router, host = Runtime(Path(settings.router.directory)), f"{service}.{settings.domain}"
        return lambda: router.running().hosts[host] == NOT_ANSWERING

    compared = "an instance's process killed → the router sends nothing there"
    return _crashes("crash_unrouted", 500, compared, "[ ! -e /www/life ] || sleep 5\n", unrouted)


def crash_back() -> Measurement:
    def back(project: Project, service: str) -> Callable[[], bool]:
        before = _life(project, service)
        return lambda: _life(project, service) not in {before, ""}

    compared = "an instance's process killed → the first 200 by the next"
    return _crashes("crash_back", 1500, compared, "", back)


def _crashes(
    name: str, limit: float, compared: str, begin: str, over: Callable[[Project, str], Callable[[], bool]]
) -> Measurement:
    """Milliseconds from a process's death until what `over` gave before is true; of as many services, each for its
    first time, since a second restart in a row waits by design. `begin`: what each instance's shell does first."""
    with bench() as (made, _), made.project() as project:
        sha = project.push(_many(begin))
        services = [f"{project.service}-{number}" for number in range(_CRASHED)]
        for service in services:
            project.ended(sha, "success", name=f"tidegate / {service}")
        took = []
        for service in services:
            time.sleep(1)
            is_over, pid = over(project, service), _pid(project, service)
            began = time.monotonic()
            os.kill(pid, signal.SIGKILL)
            while not is_over():
                time.sleep(_LOOK)
            took.append((time.monotonic() - began) * 1000)
    return Measurement(name, median(took), limit, "ms", len(took), compared, details={"worst": round(max(took))})


def _many(begin: str) -> Files:
    """Each life of theirs has a name, at /life."""
    files = web("hello")
    services = (f"  - {{name: app-{number}, type: web, runtime: docker}}\n" for number in range(_CRASHED))
    start = f"{begin}cat /proc/sys/kernel/random/uuid >/www/life\n{files['start.sh']}"
    return {**files, "tidegate.yml": f"services:\n{''.join(services)}", "start.sh": start}


def _life(project: Project, service: str) -> str:
    answer = visit(project.world.router_port, f"{service}.{project.world.settings.domain}", "/life")
    return answer.text if answer.status == 200 else ""


def _pid(project: Project, service: str) -> int:
    (container,) = project.containers(service=service, role="instance")
    asked = ("docker", "inspect", "--format", "{{.State.Pid}}", container)
    return int(subprocess.run(asked, capture_output=True, text=True, check=True).stdout)
