"""How commands end, whatever they are about."""

from __future__ import annotations

import argparse
import os

import pytest

from cli.command import Shown, alone, carry_out
from cli.main import main
from cli.trouble import Exit, Interrupted, NotSignedIn, Refused, Trouble, Unreachable, Usage


@pytest.mark.parametrize(
    ("trouble", "code"),
    [(Refused, 1), (Usage, 2), (NotSignedIn, 3), (Unreachable, 3), (Interrupted, 130)],
)
def test_what_was_not_done_says_why_on_stderr_by_its_code(
    trouble: type[Trouble], code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    def act(*_: object) -> Shown:
        raise trouble("because")

    assert carry_out({}, argparse.Namespace(run=alone(act), json=True)) == code
    assert capsys.readouterr() == ("", "because\n")


def test_ctrl_c_says_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    def act(*_: object) -> Shown:
        raise KeyboardInterrupt

    assert carry_out({}, argparse.Namespace(run=alone(act), json=False)) == Exit.INTERRUPTED
    assert capsys.readouterr() == ("", "")


def test_a_reader_who_has_had_enough_is_no_trouble(monkeypatch: pytest.MonkeyPatch) -> None:
    """`tidegate schema | head -1`."""
    reads, writes = os.pipe()
    os.close(reads)
    with os.fdopen(writes, "w") as gone:
        monkeypatch.setattr("sys.stdout", gone)
        assert main(["schema", "--json"]) == 0
        monkeypatch.undo()


def test_words_that_are_wrong_end_with_two(capsys: pytest.CaptureFixture[str]) -> None:
    for line in ("", "depoly web", "scale web", "scale web many", "freeze web"):
        with pytest.raises(SystemExit) as ended:
            main(line.split())
        assert ended.value.code == Exit.USAGE
    assert capsys.readouterr().out == ""
