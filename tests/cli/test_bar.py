"""How far a command is: drawn on a terminal, and gone in the end; nothing elsewhere."""

from __future__ import annotations

import io

from cli.bar import bar, drawn
from tests.cli.remote.laptop import Terminal


def test_what_is_done_is_full() -> None:
    assert drawn("store", 1, 4) == "░" * 20 + " 1/4 store"
    assert drawn("DNS", 3, 4) == "█" * 10 + "░" * 10 + " 3/4 DNS"


def test_it_is_gone_in_the_end_and_nothing_is_said_where_nobody_looks_on() -> None:
    terminal, pipe = Terminal(), io.StringIO()
    for out in (terminal, pipe):
        with bar(out) as at:
            at("store", 1, 2)
            at("DNS", 2, 2)
    assert [each.partition(" ")[2] for each in terminal.getvalue().split("\r\x1b[K")] == [
        "",
        "1/2 store",
        "2/2 DNS",
        "",
    ]
    assert pipe.getvalue() == ""
    with bar(told := Terminal(), quiet=True) as at:
        at("store", 1, 2)
    assert told.getvalue() == ""


def test_of_many_of_a_kind_only_some_are_drawn() -> None:
    terminal = Terminal()
    with bar(terminal) as at:
        for number in range(1, 50_001):
            at("rows", number, 50_000)
        at("the rest", 1, 1)
    drawn_ones = terminal.getvalue().split("\r\x1b[K")
    assert "1/50000 rows" in drawn_ones[1]
    assert "1/1 the rest" in drawn_ones[-2]
    assert len(drawn_ones) < 10_000
