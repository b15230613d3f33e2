"""`tidegate setup`: tells the next step, waits for it where it is to wait, and can begin anew."""

from __future__ import annotations

from pathlib import Path

import pytest

from cli.main import main
from cli.setup import walk
from cli.up import MISSING
from tests.cli.test_up import COMPLETE
from tests.tidegate.store.given import NOON, REPOSITORY
from tests.tidegate.store.test_own_app import APP
from tidegate import setup
from tidegate.github import APP_VARIABLES
from tidegate.settings import Settings
from tidegate.store import Store

FRESH = {name: value for name, value in COMPLETE.items() if name not in APP_VARIABLES}


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """A fresh server's environment."""
    for name in COMPLETE:
        monkeypatch.delenv(name, raising=False)
    for name, value in {**FRESH, "TIDEGATE_DATA": str(tmp_path)}.items():
        monkeypatch.setenv(name, value)
    return monkeypatch


def settings(**told: str) -> Settings:
    return Settings.from_env({**FRESH, **told}, lambda path: "", app=False)


def test_it_walks_from_the_link_to_the_first_repository(store: Store) -> None:
    said: list[str] = []
    story = iter((lambda: store.own_app.claim(APP, NOON), lambda: store.repositories.see(REPOSITORY, NOON)))

    def meanwhile(_seconds: float) -> None:
        next(story)()

    assert walk(settings(), store, said.append, meanwhile)
    assert list(story) == []
    assert setup.link(settings()) in said[0]
    assert "TIDEGATE_WEBHOOKS=poll" in said[1], "nobody can send webhooks to localhost"
    assert said[2:4] == [
        "The GitHub App is https://github.com/apps/tidegate-acme.",
        "Install it on repositories: https://github.com/apps/tidegate-acme/installations/new",
    ]
    assert "It is installed on acme/shop." in said[4]


def test_where_webhooks_are_fetched_no_address_is_asked_for(store: Store) -> None:
    said: list[str] = []
    assert not walk(settings(TIDEGATE_WEBHOOKS="poll"), store, said.append, None)
    assert len(said) == 1


def test_each_step_is_told_by_the_command(
    store: Store, machine: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for happens, told in (
        (lambda: None, "/setup?secret="),
        (lambda: store.own_app.claim(APP, NOON), "installations/new"),
        (lambda: store.repositories.see(REPOSITORY, NOON), "installed on acme/shop"),
    ):
        happens()
        assert main(["setup", "--no-wait"]) == 0
        assert told in capsys.readouterr().out


def test_an_app_of_the_environment_is_not_ours_to_forget(
    store: Store, machine: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in APP_VARIABLES:
        machine.setenv(name, COMPLETE[name])
    assert main(["setup", "--no-wait"]) == 0
    assert "The GitHub App is the environment's." in capsys.readouterr().out
    assert main(["setup", "--again"]) == 1
    assert "GITHUB_APP_ID" in capsys.readouterr().err


def test_commands_work_before_there_is_an_app(
    store: Store, machine: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["services"]) == 0
    assert capsys.readouterr().out == "There are none.\n"
    assert main(["deploy", "web"]) == 1
    assert "there is no service `web`" in capsys.readouterr().err


def test_another_app_can_be_made(store: Store, machine: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["setup", "--again"]) == 1
    store.own_app.claim(APP, NOON)
    assert main(["setup", "--again"]) == 0
    assert "restart the server" in capsys.readouterr().out
    assert main(["setup", "--no-wait"]) == 0
    assert "/setup?secret=" in capsys.readouterr().out


def test_before_the_server_was_ever_started_it_says_so(
    machine: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["setup"]) == MISSING
    assert "start the server (script/server)" in capsys.readouterr().err


def test_without_settings_it_says_which(machine: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    machine.delenv("TIDEGATE_SECRET_KEY")
    assert main(["setup"]) == MISSING
    told = capsys.readouterr().err
    assert "TIDEGATE_SECRET_KEY is missing" in told
    assert "GITHUB_" not in told
