"""What a deploy promises to what is under way on the old version: connections live until their deadline, and the
deadlines hold though everything is killed in between."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from tests.e2e import lasting
from tests.e2e.apps import web
from tests.e2e.project import Project
from tests.e2e.python_base import python_base
from tests.e2e.visits import Visit, Visits
from tests.e2e.waiting import wait_for
from tests.e2e.world import QUICK, World, world
from tidegate.instance import Retirement
from tidegate.store import open_store

pytestmark = [pytest.mark.chaos, pytest.mark.long]

EVERYTHING = ("watch", "worker", "web", "router", "redis")


@dataclass(frozen=True)
class Times:
    """In seconds: overlap, shutdown delay, and what each visit takes."""

    overlap: int
    delay: int
    visit: int

    @property
    def field(self) -> str:
        """Of the deploy file."""
        return f"    maxShutdownDelaySeconds: {self.delay}\n"


BY_DEFAULT, A_SIXTH = Times(60, 30, 30), Times(10, 5, 5)


@pytest.fixture(scope="module")
def times(request: pytest.FixtureRequest) -> Times:
    return getattr(request, "param", A_SIXTH)


@pytest.fixture(scope="module")
def patient(times: Times, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    settings = {**QUICK, "TIDEGATE_OVERLAP_SECONDS": str(times.overlap)}
    with world(tmp_path_factory.mktemp("deadlines"), settings) as made:
        yield made


@pytest.fixture
def project(patient: World) -> Iterator[Project]:
    with patient.project() as made:
        yield made


def retirement(project: Project, sha: str) -> Retirement | None:
    """Of that commit's deployment, as it is now."""
    settings = project.world.settings
    with closing(open_store(settings.database_url, settings.secret_keys)) as store:
        rows = [row for row in store.deployments.page(None, 100) if row.sha == sha]
        return next((found for row in rows if (found := store.retirements.get(row.id))), None)


def termed(project: Project, sha: str) -> datetime:
    """When that commit's deployment was sent SIGTERM, once it was."""

    def look() -> datetime | None:
        found = retirement(project, sha)
        return found.termed_at if found else None

    return wait_for(look, "SIGTERM", 60, project.log)


def gone(project: Project, sha: str) -> None:
    wait_for(lambda: project.containers(sha=sha) == (), f"{sha[:7]} to be gone", 60, project.log)


@pytest.mark.timeout(600)
@pytest.mark.parametrize("times", [A_SIXTH, BY_DEFAULT], ids=["a sixth", "by default"], indirect=True)
def test_nothing_under_way_is_cut_before_its_deadline(project: Project, times: Times) -> None:
    """Of uploads, long polls and event streams one begins each second, so that some are under way at the switch."""
    with python_base() as base:
        old = project.push(lasting.service("old", base, times.field))
        project.live(old)
        visits, begun = Visits(project, times.visit), list[Visit]()
        leaving, staying = visits.socket(), visits.socket()
        talk = Visit("socket", staying.talk)
        new = project.push(lasting.service("new", base, times.field))
        while project.visit("/commit").text.strip() == old:
            begun += visits.one_of_each()
            time.sleep(1)
        switched = datetime.now(UTC)
        project.live(new)
        for each in begun:
            each.wait()
        assert [(each.kind, each.trouble) for each in begun if each.trouble] == []
        across = {each.kind for each in begun if each.wait() > switched}
        assert across == {each.kind for each in begun}, "each kind was under way at the switch"

        told = termed(project, old)
        leaving.say(b"told to end, and still answering")
        leaving.close()
        deadline = told + timedelta(seconds=times.delay)
        assert talk.wait() >= deadline, "cut at its deadline, and not before"
        assert talk.trouble is not None
        staying.close()
        gone(project, old)


def signals(container: str, since: datetime) -> dict[int, datetime]:
    """Those that the container was sent, with their (first) times."""
    line = ["docker", "events", "--since", str(since.timestamp()), "--until", str(time.time())]
    line += ["--filter", f"container={container}", "--filter", "event=kill"]
    line += ["--format", "{{.TimeNano}} {{.Actor.Attributes.signal}}"]
    told = subprocess.run(line, capture_output=True, text=True, check=True).stdout.splitlines()
    seen = [each.split() for each in reversed(told)]
    return {int(signal): datetime.fromtimestamp(int(nanoseconds) / 1e9, UTC) for nanoseconds, signal in seen}


def kill_everything(made: World) -> None:
    """Until all of it is back."""
    before = made.pids()
    for part in EVERYTHING:
        made.kill(part)

    def back() -> bool:
        return all(made.pids()[part] != before[part] for part in EVERYTHING)

    wait_for(back, "everything to be back", 60, made.log)


def test_deadlines_survive_restarts_of_everything(project: Project, times: Times) -> None:
    files = web("old", extra=times.field)
    start = (files["start.sh"] or "").replace("'kill $!; exit 0'", "''").replace("wait $!", "while :; do wait; done")
    old = project.push({**files, "start.sh": start})
    project.live(old)
    (container,) = project.containers(sha=old, role="instance")
    began = datetime.now(UTC)
    new = project.push(web("new"))
    project.live(new)
    due = wait_for(lambda: retirement(project, old), "the old one to retire", 30, project.log)
    assert due.termed_at is None
    kill_everything(project.world)
    told = termed(project, old)
    assert told >= due.term_at
    kill_everything(project.world)
    gone(project, old)

    sent = signals(container, began)
    assert sent[15] >= due.term_at
    assert sent[9] >= sent[15] + timedelta(seconds=times.delay)
    wait_for(lambda: project.serves("new", new), "the new one to serve", 30, project.log)
    wait_for(
        lambda: project.shown(old).states()[-1] == "inactive", "GitHub to say that the old one left", 30, project.log
    )
