"""How many calls of GitHub's REST API a deploy takes, as the stand-in recorded them."""

from __future__ import annotations

from statistics import median

from cli.hub import Json
from tests.bench.deploys import bench, settled
from tests.bench.measurement import Measurement
from tests.e2e.apps import web
from tests.e2e.project import Project

RUNS = 5
_APP = "tidegate"


def _ours(project: Project) -> list[Json]:
    """Calls for that repository since the last reset; a sweep's calls for the whole installation are no deploy's."""
    return project.world.github.calls(app=_APP, kind="rest", path=f"/repos/{project.full_name}/")


def api_calls() -> Measurement:
    """Everything from the push to the last report, of a deploy on green checks."""
    with bench() as (made, _), made.project(ci="manual") as project:
        counts = []
        for run in range(RUNS + 1):
            sha = project.push(web(f"run {run}", "checksPass"))
            project.taken(sha)
            project.conclude(sha, "success")
            settled(project, sha)
            if run:  # the first makes what later ones find
                counts.append(len(_ours(project)))
            made.github.reset_calls()
    compared = "calls for the repository from a push to its last report, with one check to wait for"
    return Measurement("api_calls", median(counts), 12, "calls", RUNS, compared)


def gate_calls() -> Measurement:
    """Readings of check runs that a gate takes from the last check's conclusion to its opening."""
    with bench() as (made, _), made.project(ci="manual") as project:
        counts = []
        for run in range(RUNS):
            sha = project.push(web(f"run {run}", "checksPass"))
            project.built(sha)
            made.github.reset_calls()
            project.conclude(sha, "success")
            settled(project, sha)
            reads = made.github.calls(app=_APP, method="GET", path=f"/repos/{project.full_name}/commits/{sha}/check-")
            counts.append(len(reads))
    compared = "readings of a commit's checks from the last conclusion to the open gate, the re-read included"
    return Measurement("gate_calls", median(counts), 2, "calls", RUNS, compared)
