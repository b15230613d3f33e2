"""`tidegate registry`: a credential is set once, and its password never shown again."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from cli.main import main
from cli.up import MISSING
from tests.cli.test_up import COMPLETE
from tidegate.registry import Login
from tidegate.store import Store

ADD = ["registry", "add", "team", "--registry", "GHCR.io", "--username", "bot"]


@pytest.fixture
def store(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    """Found by the environment of this process."""
    for name, value in {**COMPLETE, "TIDEGATE_DATA": str(tmp_path)}.items():
        monkeypatch.setenv(name, value)
    return store


def piped(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(text))


def test_one_is_added_listed_and_removed(
    store: Store, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    piped(monkeypatch, "open-sesame\n")
    assert main(ADD) == 0
    assert store.registry_credentials.get("team") == Login("team", "ghcr.io", "bot", "open-sesame")
    assert main(["registry", "list"]) == 0
    told = capsys.readouterr().out
    assert "team: bot at ghcr.io" in told
    assert "open-sesame" not in told
    assert main(["registry", "remove", "team"]) == 0
    assert main(["registry", "remove", "team"]) == 1
    assert "no registry credential `team`" in capsys.readouterr().err
    assert main(["registry", "list"]) == 0
    assert "There are none" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "password", "told"),
    [
        (ADD, "\n", "there is no password"),
        (["registry", "add", "team", "--registry", "https://ghcr.io", "--username", "bot"], "x\n", "host name alone"),
        (["registry", "add", "`x`", "--registry", "ghcr.io", "--username", "bot"], "x\n", "is no name for it"),
    ],
)
def test_what_cannot_be_done_is_said(
    store: Store,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    password: str,
    told: str,
) -> None:
    piped(monkeypatch, password)
    assert main(arguments) == 1
    assert told in capsys.readouterr().err
    assert store.registry_credentials.all() == []


def test_without_settings_it_says_what_is_missing(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in COMPLETE:
        monkeypatch.delenv(name, raising=False)
    assert main(["registry", "list"]) == MISSING
    assert "TIDEGATE_SECRET_KEY" in capsys.readouterr().err
