"""`tidegate doctor`: what is shown, to people and to programs, and its exit codes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cli.doctor import shown
from cli.main import main
from cli.up import MISSING
from tests.cli.test_setup import FRESH
from tests.cli.test_up import COMPLETE
from tidegate.checkup.line import Line
from tidegate.store import Store

WELL = Line("store", ok=True, said="answers")
ILL = Line("Redis", ok=False, said="no answer", todo="start it")


def test_people_are_told_line_by_line() -> None:
    told = shown([WELL, ILL])
    assert list(told.lines) == [
        "ok  store: answers",
        "!   Redis: no answer\n      start it",
        "",
        "1 of 2 must be looked at.",
    ]
    assert (told.code, shown([WELL]).code) == (1, 0)
    assert list(shown([WELL]).lines)[-1] == "All is well."


def test_programs_are_told_the_same() -> None:
    told = json.loads(json.dumps(shown([WELL, ILL]).document))
    assert told["ok"] is False
    assert told["lines"][1] == {"subject": "Redis", "ok": False, "said": "no answer", "todo": "start it"}
    assert json.loads(json.dumps(shown([WELL]).document))["ok"] is True


def test_a_fresh_server_is_led_to_its_set_up(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in COMPLETE:
        monkeypatch.delenv(name, raising=False)
    nowhere = {"REDIS_URL": "redis://127.0.0.1:1/0", "GITHUB_API_URL": "http://127.0.0.1:1/api/v3"}
    hosts = {"TIDEGATE_HOSTS": f"local unix://{tmp_path}/no.sock", "TIDEGATE_DATA": str(tmp_path)}
    for name, value in {**FRESH, **nowhere, **hosts}.items():
        monkeypatch.setenv(name, value)
    assert main(["doctor", "--json"]) == 1
    lines = {line["subject"]: line for line in json.loads(capsys.readouterr().out)["lines"]}
    assert lines["store"]["ok"]
    assert "/setup?secret=" in lines["GitHub App"]["todo"]
    assert not lines["Docker host local"]["ok"]


def test_missing_settings_are_told_first(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    for name in COMPLETE:
        monkeypatch.delenv(name, raising=False)
    assert main(["doctor"]) == MISSING
    assert "settings: TIDEGATE_URL is missing: the public URL" in capsys.readouterr().out
