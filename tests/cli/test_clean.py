"""`tidegate clean`: told first, then done; and what is missing is said."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from cli.clean import told
from cli.main import main
from cli.up import MISSING
from tests.cli.test_up import COMPLETE
from tidegate.retention import Item, Kind
from tidegate.store import open_store
from tidegate.verdict import Verdict


@pytest.fixture(autouse=True)
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A store that is there, on a machine whose Docker Engine is not."""
    hosts = f"local unix://{tmp_path}/no-such.sock"
    store = open_store(f"sqlite:///{tmp_path}/tidegate.db", [COMPLETE["TIDEGATE_SECRET_KEY"]])
    store.migrate()
    store.close()
    (tmp_path / "mirrors" / "99.git").mkdir(parents=True)
    (tmp_path / "mirrors" / "99.lock").touch()
    for name, value in {**COMPLETE, "TIDEGATE_DATA": str(tmp_path), "TIDEGATE_HOSTS": hosts}.items():
        monkeypatch.setenv(name, value)


def test_a_dry_run_tells_and_the_real_one_does(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for words in (["--dry-run"], []):
        assert (tmp_path / "mirrors" / "99.git").exists()
        assert main(["clean", *words]) == 0
        assert "remove  mirror 99: its repository is gone\nto remove: 1 of 1" in capsys.readouterr().out
    assert not (tmp_path / "mirrors" / "99.git").exists()


def test_what_cannot_be_cleaned_up_is_said_beside_the_document() -> None:
    """In a process of its own: here the tests have said already where logs go."""
    command = (sys.executable, "-m", "cli.main", "clean", "--dry-run", "--json")
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert [each["name"] for each in json.loads(done.stdout)["items"]] == ["99"]
    assert "can't be reached" in done.stderr


def test_what_goes_stands_first_and_is_added_up() -> None:
    stays = Item(Kind.IMAGE, "a", Verdict(go=False, reason="web (production) needs it now"), 10**9)
    goes = Item(Kind.IMAGE, "b", Verdict(go=True, reason="no deployment needs it"), 2 * 10**9)
    assert told([stays, goes]).splitlines() == [
        "remove  image b (2.00 GB): no deployment needs it",
        "keep    image a: web (production) needs it now",
        "to remove: 1 of 2, 2.00 GB",
    ]


@pytest.mark.parametrize("made", [False, True], ids=["App in the environment", "App made by the set-up"])
def test_a_store_that_is_not_there_is_said(
    made: bool, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in COMPLETE:
        if made and name.startswith("GITHUB_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("TIDEGATE_DATA", str(tmp_path / "empty"))
    assert main(["clean", "--dry-run"]) == MISSING
    assert "The store isn't there" in capsys.readouterr().err
    assert not (tmp_path / "empty").exists(), "none is left behind"


def test_missing_settings_are_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in COMPLETE:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TIDEGATE_DATA", str(tmp_path))
    assert main(["clean", "--dry-run"]) == MISSING
    assert "TIDEGATE_URL is missing" in capsys.readouterr().err
