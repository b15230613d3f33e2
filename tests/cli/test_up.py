"""Starting with something missing: one list of all of it, exit code 2, and nothing was started."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from cli.up import MISSING, up, with_data

COMPLETE = {
    "TIDEGATE_URL": "http://localhost:8000",
    "TIDEGATE_DOMAIN": "apps.localhost",
    "TIDEGATE_SECRET_KEY": "k" * 32,
    "GITHUB_APP_ID": "1",
    "GITHUB_PRIVATE_KEY": "-----BEGIN PRIVATE KEY-----",
    "GITHUB_WEBHOOK_SECRET": "secret",
    "GITHUB_CLIENT_ID": "id",
    "GITHUB_CLIENT_SECRET": "secret",
}


@pytest.mark.parametrize("name", COMPLETE)
def test_each_missing_setting_is_named(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    environment = {**COMPLETE, "TIDEGATE_DATA": str(tmp_path / "data"), "TIDEGATE_HOSTS": "far unix:///nothing.sock"}
    del environment[name]
    assert up(environment) == MISSING
    told = [line for line in capsys.readouterr().out.splitlines() if line.startswith("  - ")]
    assert [line.split()[1] for line in told] == [name]
    assert not (tmp_path / "data").exists()


def test_missing_programs_stand_in_the_same_list(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert up({"TIDEGATE_DATA": str(tmp_path / "data")}) == MISSING
    told = capsys.readouterr().out
    for wanted in ("TIDEGATE_URL is missing", "apt-get install git", "apt-get install redis-server"):
        assert wanted in told


def test_a_redis_of_ones_own_makes_the_program_unnecessary(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert up({"TIDEGATE_DATA": str(tmp_path / "data"), "REDIS_URL": "redis://127.0.0.1:1/0"}) == MISSING
    assert "redis-server" not in capsys.readouterr().out


def test_an_engine_that_does_not_answer(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    hosts = f"local unix://{tmp_path}/no-such.sock"
    assert up({**os.environ, **COMPLETE, "TIDEGATE_DATA": str(tmp_path / "data"), "TIDEGATE_HOSTS": hosts}) == MISSING
    assert "no Docker Engine answers" in capsys.readouterr().out


def test_without_an_app_there_is_nothing_to_complain_of(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It starts; here it lacks programs, so that nothing is left running."""
    fresh = {name: value for name, value in COMPLETE.items() if not name.startswith("GITHUB_")}
    monkeypatch.setenv("PATH", str(tmp_path))
    assert up({**fresh, "TIDEGATE_DATA": str(tmp_path / "data")}) == MISSING
    assert "GITHUB_" not in capsys.readouterr().out


def test_commands_find_the_redis_that_up_has_started(tmp_path: Path) -> None:
    own = {"TIDEGATE_DATA": str(tmp_path)}
    assert "REDIS_URL" not in with_data(own)
    (tmp_path / "redis.sock").touch()
    assert with_data(own)["REDIS_URL"] == f"unix://{tmp_path}/redis.sock"
    assert with_data({**own, "REDIS_URL": "redis://elsewhere"})["REDIS_URL"] == "redis://elsewhere"
