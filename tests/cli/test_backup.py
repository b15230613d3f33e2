"""A backup is of one moment, while others write; and from it comes back all that the store says."""

from __future__ import annotations

import shutil
import sqlite3
import stat
import threading
from contextlib import closing
from pathlib import Path

import pytest

from cli.main import main
from tests.cli.test_up import COMPLETE
from tests.migrated import put_migrated
from tests.tidegate.store.given import NOON, a_service
from tests.worker.house import KEY, House
from tidegate.deployment import Status
from tidegate.repository import PRODUCTION
from tidegate.store import open_store

OTHERS = {**COMPLETE, "TIDEGATE_SECRET_KEY": KEY}


def run(monkeypatch: pytest.MonkeyPatch, data: Path, *arguments: str, **more: str) -> int:
    for name, value in {**OTHERS, "TIDEGATE_DATA": str(data), **more}.items():
        monkeypatch.setenv(name, value)
    return main(["backup", *arguments])


def test_what_is_deployed_comes_back_from_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The machine is lost but for the backup and the images: router, containers and variables are as they were."""
    lost = House(tmp_path / "lost")
    repository = lost.repository()
    sha = lost.push(repository)
    (service,) = lost.store.services.of_repository(repository.id)
    lost.store.variables.set(service.id, PRODUCTION, "TOKEN", "hush", "secret", lost.clock.now())
    lost.work()
    copy = tmp_path / "copy.db"
    assert run(monkeypatch, tmp_path / "lost", str(copy)) == 0
    assert "TIDEGATE_SECRET_KEY is not in it" in capsys.readouterr().out
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600

    (tmp_path / "new").mkdir()
    shutil.copy(copy, tmp_path / "new" / "tidegate.db")
    new = House(tmp_path / "new")
    new.github, new.engine.images = lost.github, lost.engine.images
    new.clock.advance((lost.clock.now() - new.clock.now()).total_seconds())
    new.restart_worker()
    assert new.serving() is None, "a new router knows nothing"
    assert new.engine.containers == {}
    new.restart_watch()
    new.tend(60)
    assert (new.status(repository, sha), new.serving()) == (Status.LIVE, sha)
    (container,) = new.engine.containers.values()
    assert container.spec.labels["tidegate.sha"] == sha
    assert new.store.variables.of(service.id, PRODUCTION)["TOKEN"] == ("secret", "hush")


def test_it_is_of_one_moment_whoever_writes_meanwhile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put_migrated(tmp_path / "tidegate.db")
    store = open_store(f"sqlite:///{tmp_path}/tidegate.db", [KEY])
    service, ended = a_service(store), threading.Event()

    def write() -> None:
        """A before B, always: a copy with more of B is of no moment that ever was."""
        number = 0
        while not ended.is_set():
            number += 1
            for name in ("A", "B"):
                store.variables.set(service.id, f"pr-{number}", name, "x" * 1000, "plain", NOON)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        codes = [run(monkeypatch, tmp_path, str(tmp_path / f"copy-{number}.db")) for number in range(3)]
    finally:
        ended.set()
        writer.join()
    store.close()
    assert codes == [0, 0, 0]
    for number in range(3):
        copy = open_store(f"sqlite:///{tmp_path}/copy-{number}.db", [KEY])
        assert copy.ready()
        copy.close()
        with closing(sqlite3.connect(tmp_path / f"copy-{number}.db")) as raw:
            counts = dict(raw.execute("SELECT name, count(*) FROM variables GROUP BY name").fetchall())
        assert counts.get("A", 0) - counts.get("B", 0) in {0, 1}


def test_what_cannot_be_done_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    put_migrated(tmp_path / "tidegate.db")
    taken = tmp_path / "taken.db"
    taken.write_text("precious")
    assert run(monkeypatch, tmp_path, str(taken)) == 1
    assert "is there already" in capsys.readouterr().err
    assert taken.read_text() == "precious"
    assert run(monkeypatch, tmp_path, str(tmp_path / "nowhere" / "copy.db")) == 1
    assert "can't be written" in capsys.readouterr().err
    assert not list(tmp_path.glob("*.partial"))
