"""How commands end, whatever they are about."""

from __future__ import annotations

import argparse
import os
import sys

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


def test_ctrl_d_at_a_prompt_says_that_nothing_was_typed(capsys: pytest.CaptureFixture[str]) -> None:
    def act(*_: object) -> Shown:
        raise EOFError

    assert carry_out({}, argparse.Namespace(run=alone(act), json=False)) == Exit.USAGE
    assert capsys.readouterr() == ("", "Nothing was typed.\n")


def test_progress_that_nobody_reads_any_more_ends_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """`tidegate deploys wait ID 2>&1 | head -1`."""

    def act(*_: object) -> Shown:
        print("a step has begun", file=sys.stderr, flush=True)
        raise AssertionError("it is broken off before")

    reads, writes = os.pipe()
    os.close(reads)
    with os.fdopen(writes, "w") as gone:
        monkeypatch.setattr("sys.stderr", gone)
        assert carry_out({}, argparse.Namespace(run=alone(act), json=False)) == Exit.FAILED
        monkeypatch.undo()


def test_a_pipe_of_its_own_that_breaks_is_not_hidden() -> None:
    def act(*_: object) -> Shown:
        raise BrokenPipeError("of a program that it has started")

    with pytest.raises(BrokenPipeError):
        carry_out({}, argparse.Namespace(run=alone(act), json=False))


def test_words_that_are_wrong_end_with_two(capsys: pytest.CaptureFixture[str]) -> None:
    for line in ("depoly web", "scale web", "scale web many", "freeze web"):
        with pytest.raises(SystemExit) as ended:
            main(line.split())
        assert ended.value.code == Exit.USAGE
    assert capsys.readouterr().out == ""
