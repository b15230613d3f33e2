"""Workers of a fresh server: they wait for its App, and then start with it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.migrated import put_migrated
from tests.tidegate.store.given import NOON
from tests.tidegate.store.test_own_app import APP
from tests.tidegate.store.test_start import FRESH
from tests.tidegate.test_settings import LEAST, no_file
from tidegate.settings import SettingsError
from tidegate.store import open_store
from worker.await_app import settings_with_app


def never(_seconds: float) -> None:
    raise AssertionError("there was nothing to wait for")


def test_they_go_on_once_it_is_made_though_there_was_no_store_at_first(tmp_path: Path) -> None:
    database = tmp_path / "tidegate.db"
    database.mkdir()
    story = iter(("down", "made"))

    def meanwhile(_seconds: float) -> None:
        match next(story):
            case "down":
                database.rmdir()
                put_migrated(database)
            case "made":
                store = open_store(f"sqlite:///{database}", [FRESH["TIDEGATE_SECRET_KEY"]])
                store.own_app.claim(APP, NOON)
                store.close()

    settings = settings_with_app({**FRESH, "TIDEGATE_DATA": str(tmp_path)}, no_file, meanwhile)
    assert settings.github.app_id == APP.id
    assert list(story) == []


def test_with_an_app_in_the_environment_they_ask_no_store() -> None:
    assert settings_with_app({**LEAST, "TIDEGATE_DATA": "/nowhere"}, no_file, never).github.app_id == 12


def test_what_is_wrong_is_told_at_once() -> None:
    with pytest.raises(SettingsError, match="TIDEGATE_URL is missing"):
        settings_with_app({}, no_file, never)
