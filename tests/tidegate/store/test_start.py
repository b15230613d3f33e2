"""What a process starts with: the environment's App, or the one that the set-up made, or none yet."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.migrated import put_migrated
from tests.tidegate.store.given import NOON
from tests.tidegate.store.test_own_app import APP
from tests.tidegate.test_settings import LEAST, no_file
from tidegate.github import APP_VARIABLES
from tidegate.settings import Settings, SettingsError
from tidegate.store import Store, StoreDown, open_store
from tidegate.store.start import settings_at_start

FRESH = {name: value for name, value in LEAST.items() if name not in APP_VARIABLES}


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[Store]:
    put_migrated(tmp_path / "tidegate.db")
    store = open_store(f"sqlite:///{tmp_path}/tidegate.db", [FRESH["TIDEGATE_SECRET_KEY"]])
    yield store
    store.close()


def start(tmp_path: Path, **told: str) -> Settings:
    return settings_at_start({**FRESH, "TIDEGATE_DATA": str(tmp_path), **told}, no_file)


def test_a_fresh_server_has_none(tmp_path: Path, kept: Store) -> None:
    assert not start(tmp_path).github.has_app


def test_nor_has_one_that_was_never_migrated(tmp_path: Path) -> None:
    assert not start(tmp_path).github.has_app


def test_the_one_that_was_made_is_taken(tmp_path: Path, kept: Store) -> None:
    kept.own_app.claim(APP, NOON)
    github = start(tmp_path).github
    assert github.has_app
    assert (github.app_id, github.client_id, github.webhook_secret) == (7, "Iv23", "hush-hook")
    assert (github.private_key, github.client_secret) == (APP.private_key, "hush-client")


def test_the_environment_s_wins(tmp_path: Path, kept: Store) -> None:
    kept.own_app.claim(APP, NOON)
    named = {name: LEAST[name] for name in APP_VARIABLES}
    assert start(tmp_path, **named).github.app_id == 12


@pytest.mark.parametrize("name", APP_VARIABLES)
def test_a_part_of_one_is_never_mixed_with_what_is_kept(tmp_path: Path, kept: Store, name: str) -> None:
    kept.own_app.claim(APP, NOON)
    with pytest.raises(SettingsError) as refused:
        start(tmp_path, **{name: LEAST[name]})
    assert {each.name for each in refused.value.problems} == set(APP_VARIABLES) - {name}


def test_what_else_is_missing_is_told_without_the_app_s(tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as refused:
        settings_at_start({}, no_file)
    told = {each.name for each in refused.value.problems}
    assert told == {"TIDEGATE_URL", "TIDEGATE_DOMAIN", "TIDEGATE_SECRET_KEY"}


def test_one_that_another_github_knows_is_not_used(tmp_path: Path, kept: Store) -> None:
    kept.own_app.claim(replace(APP, api_url="https://ghe.example.com/api/v3"), NOON)
    with pytest.raises(SettingsError, match=r"GITHUB_API_URL isn't where .*ghe\.example\.com.*setup --again"):
        start(tmp_path)


def test_one_that_no_key_opens_is_told(tmp_path: Path, kept: Store) -> None:
    kept.own_app.claim(APP, NOON)
    with pytest.raises(SettingsError, match="TIDEGATE_SECRET_KEY doesn't open the App's keys"):
        start(tmp_path, TIDEGATE_SECRET_KEY="n" * 44)


def test_a_store_that_is_down_is_not_taken_for_an_empty_one(tmp_path: Path) -> None:
    (tmp_path / "tidegate.db").mkdir()
    with pytest.raises(StoreDown):
        start(tmp_path)
