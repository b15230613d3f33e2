"""`tidegate plan` prints what a deploy would build from."""

from __future__ import annotations

from pathlib import Path

import pytest

from cli.main import main


def test_it_prints_the_dockerfile(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "go.mod").write_text("module shop\n")
    (tmp_path / "main.go").write_text("")
    assert main(["plan", str(tmp_path)]) == 0
    told = capsys.readouterr()
    assert "\nFROM golang:" in told.out
    assert told.err == ""


@pytest.mark.parametrize(("place", "words"), [("", "add a `Dockerfile`"), ("gone", "there is no directory")])
def test_it_says_why_there_is_none(tmp_path: Path, capsys: pytest.CaptureFixture[str], place: str, words: str) -> None:
    assert main(["plan", str(tmp_path / place)]) == 1
    told = capsys.readouterr()
    assert words in told.err
    assert told.out == ""
