"""`python -m worker router`, which process managers start: all that it needs is in the settings."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from tests.webapp.product import ENVIRONMENT
from tidegate.github import APP_VARIABLES
from worker import __main__ as entry
from worker.router import process

_SETTINGS = {name: value for name, value in ENVIRONMENT.items() if name not in APP_VARIABLES}


class _Became(Exception):
    """In place of this process: what it would be."""

    def __init__(self, line: list[str], environment: dict[str, str]) -> None:
        self.line, self.environment = line, environment


def _start(monkeypatch: pytest.MonkeyPatch, settings: dict[str, str]) -> _Became:
    def execve(_program: str, line: list[str], environment: dict[str, str]) -> None:
        raise _Became(line, environment)

    monkeypatch.setattr(os, "environ", settings)
    monkeypatch.setattr(sys, "argv", ["worker", "router"])
    monkeypatch.setattr(os, "execve", execve)
    with pytest.raises(_Became) as became:
        entry.main()
    return became.value


def test_it_becomes_the_proxy_of_the_data_directory_without_store_or_app(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = {
        "TIDEGATE_DATA": str(tmp_path),
        "TIDEGATE_ROUTER_BIND": "127.0.0.1:8080",
        "DATABASE_URL": "sqlite:////none/x",
    }
    became = _start(monkeypatch, {**os.environ, **_SETTINGS, **own})
    directory = tmp_path / "router"
    assert became.line[1:] == process.command(directory)[1:]
    assert "bind 127.0.0.1:8080\n" in (directory / "haproxy.cfg").read_text()


def test_the_proxy_knows_none_of_our_secrets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own = {**os.environ, **_SETTINGS, "TIDEGATE_DATA": str(tmp_path)}
    assert "TIDEGATE_SECRET_KEY" in own
    assert _start(monkeypatch, own).environment == {}


def test_without_a_certificate_it_ends_and_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own = {"TIDEGATE_DATA": str(tmp_path), "TIDEGATE_URL": "https://tidegate.test", "TIDEGATE_TLS": str(tmp_path)}
    monkeypatch.setattr(os, "environ", {**os.environ, **_SETTINGS, **own})
    monkeypatch.setattr(sys, "argv", ["worker", "router"])
    with pytest.raises(SystemExit, match=r"has no certificate"):
        entry.main()
