"""How long a deploy takes, beside the floor, in turns, on the same engine and the same repository."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from tests.bench.floor import Floor
from tests.bench.measurement import Measurement, against
from tests.e2e.apps import web
from tests.e2e.project import Project
from tests.e2e.world import World, world
from tidegate.store import open_store

RUNS = 7
_FLOOR = "create + start + first 200 by sh, on the same network"
#: Numbers as they are by default: nothing is made quicker for the measurement.
DEFAULTS: dict[str, str] = {}


@contextmanager
def bench(environment: Mapping[str, str] | None = None) -> Iterator[tuple[World, Floor]]:
    """`environment`: what its processes have beside the defaults."""
    with TemporaryDirectory(prefix="tidegate-bench-") as directory:
        place = Path(directory)
        with world(place, {**DEFAULTS, **(environment or {})}) as made:
            floor = Floor("tidegate-bench", place)
            try:
                yield made, floor
            finally:
                floor.remove()


def first_answer(project: Project, sha: str) -> float:
    """When the router first answered with that version."""
    while True:
        if project.visit("/commit").text.strip() == sha:
            return time.monotonic()
        time.sleep(0.005)  # looking costs the processors that the deploy needs


def settled(project: Project, sha: str) -> None:
    """Reports are written and nothing more is to do for that commit, so that the next run starts from rest."""
    project.live(sha)
    project.status(sha, "success")
    time.sleep(0.5)


def push_to_live() -> Measurement:
    """From `git push` returning to the first answer of the new version.

    The script's container joins a network of its own, as ours must (an environment's services are told apart from
    others'); what it takes on the engine's default bridge, which is quicker to join, is told beside it.
    """
    with bench() as (made, floor), made.project() as project:
        settled(project, project.push(web("warm")))
        ours, theirs, bridge = [], [], []
        for run in range(RUNS):
            sha = project.push({"www/index.html": f"run {run}\n"})
            began = time.monotonic()
            ours.append(first_answer(project, sha) - began)
            settled(project, sha)
            theirs.append(floor.push_to_live(project.remote, project.network()))
            bridge.append(floor.push_to_live(project.remote, "bridge"))
    compared = (
        "git push returned → first 200 of the new version ÷ shallow clone + docker build + run + first 200 by sh, "
        "on the same network"
    )
    told = against("push_to_live", 1.15, ours, theirs, compared, bridge_ms=round(median(bridge) * 1000))
    return replace(told, details={**told.details, "times_bridge": round(median(ours) / median(bridge), 2)})


def green_to_live() -> Measurement:
    """From the last check's conclusion; the settle time, which is a wait by design, is taken off as it was recorded."""
    waits = []

    def deploy(project: Project, run: int) -> float:
        sha = project.push({"www/index.html": f"run {run}\n"})
        project.built(sha)
        time.sleep(0.5)
        project.conclude(sha, "success")
        began = time.monotonic()
        took = first_answer(project, sha) - began
        waits.append(_settled_for(project, sha))
        return took - waits[-1]

    compared = f"last check green → first 200 less the settle time, built ahead ÷ {_FLOOR}"
    told = _started("green_to_live", deploy, compared, {}, checked=True)
    return replace(told, details={**told.details, "settle_ms": round(median(waits) * 1000)})


def _settled_for(project: Project, sha: str) -> float:
    """Seconds from the reading that found all checks passed to the one that was due after it."""
    settings = project.world.settings
    with closing(open_store(settings.database_url, settings.secret_keys)) as store:
        (row,) = store.deployments.page(None, 1)
    assert row.sha == sha
    assert row.look_at is not None
    assert row.open_since is not None
    return (row.look_at - row.open_since).total_seconds()


def revert() -> Measurement:
    """Two trees in turns: each push is one that was deployed before."""

    def deploy(project: Project, run: int) -> float:
        before = len(project.images(""))
        sha = project.push({"www/index.html": f"tree {run % 2}\n"})
        began = time.monotonic()
        took = first_answer(project, sha) - began
        assert run < 2 or len(project.images("")) == before, "it was built again"
        return took

    compared = f"push of a tree that was live before → first 200, no build ÷ {_FLOOR}"
    return _started("revert", deploy, compared, {}, skipped=2)


def _started(
    name: str,
    deploy: Callable[[Project, int], float],
    compared: str,
    more: dict[str, float],
    *,
    checked: bool = False,
    skipped: int = 1,
) -> Measurement:
    """Against starting the same image by hand. The first `skipped` runs are for warmth."""
    with bench() as (made, floor), made.project(ci="manual" if checked else "off") as project:
        first = project.push(web("warm", "checksPass" if checked else "commit"))
        if checked:
            project.conclude(first, "success")
        settled(project, first)
        ours, theirs = [], []
        for run in range(RUNS + skipped):
            took = deploy(project, run)
            sha = project.checkout.head()
            settled(project, sha)
            if run >= skipped:
                ours.append(took)
                theirs.append(floor.start(project.image_of(sha), project.network()))
    return against(name, 1.3, ours, theirs, compared, **more)
