"""Memory of every process at rest, in sum: proportional set size, so that pages which processes share count once."""

from __future__ import annotations

import time
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from cli.child import session
from tests.bench.deploys import bench, settled
from tests.bench.installed import only_what_runs
from tests.bench.measurement import Measurement
from tests.e2e.apps import web

RUNS = 5
_MB = 1024  # /proc gives kB


def memory() -> Measurement:
    """After a deploy, so that everything that is loaded on first use is loaded."""
    with (
        TemporaryDirectory() as place,
        bench(only_what_runs(Path(place) / "python")) as (made, _),
        made.project() as project,
    ):
        settled(project, project.push(web("one")))
        settled(project, project.push(web("two")))
        samples = []
        for _run in range(RUNS):
            time.sleep(1)
            samples.append({name: _sum(pid) for name, pid in made.pids().items()})
    total = median(sum(pss for pss, _ in each.values()) for each in samples)
    resident = median(sum(rss for _, rss in each.values()) for each in samples)
    details = {name: round(pss) for name, (pss, _) in samples[-1].items()}
    compared = "PSS of Redis, HAProxy, web, worker and watch with all their children, at rest after two deploys"
    return Measurement("memory", total, 300, "MB", RUNS, compared, details={"rss": round(resident), **details})


def _sum(leader: int) -> tuple[float, float]:
    """(PSS, RSS) in MB of a part's process and its children."""
    told = [_rollup(pid) for pid in session(leader)]
    return sum(each["Pss"] for each in told) / _MB, sum(each["Rss"] for each in told) / _MB


def _rollup(pid: int) -> dict[str, int]:
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:]
    return {name: int(rest.split()[0]) for name, _, rest in (line.partition(":") for line in lines)}
