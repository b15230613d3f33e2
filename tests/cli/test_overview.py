"""What is typed without knowing any word: the overview, and the version."""

from __future__ import annotations

from importlib.metadata import version

import pytest

from cli.command import runnable
from cli.main import main, parser
from cli.overview import GROUPS


def test_each_command_stands_in_it_once() -> None:
    told = [name for _, names in GROUPS for name in names]
    known = {words.partition(" ")[0] for words, _ in runnable(parser())}
    assert sorted(told) == sorted(known - {"variables"}), "which is `env`"


def test_alone_it_tells_what_can_be_done(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 0
    printed = capsys.readouterr().out
    assert "{" not in printed, "no list of all names in braces"
    assert "\nSee what is live, and why\n  status        tell what is live" in printed
    assert max(map(len, printed.splitlines())) <= 120
    with pytest.raises(SystemExit, match=r"^0$"):
        main(["--help"])
    assert capsys.readouterr().out == printed


def test_a_commands_own_help_is_its_own(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match=r"^0$"):
        main(["deploys", "list", "--help"])
    assert capsys.readouterr().out.startswith("usage: tidegate deploys list ")


def test_the_version_is_told_as_elsewhere(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--version"]) == main(["version"]) == 0
    assert capsys.readouterr().out == f"tidegate {version('tidegate')}\n" * 2
