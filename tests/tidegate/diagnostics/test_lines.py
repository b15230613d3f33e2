"""A line of output without what builders and terminals add."""

from __future__ import annotations

import pytest

from tidegate.diagnostics.lines import LONGEST_LINE, cleaned


@pytest.mark.parametrize(
    ("printed", "meant"),
    [
        ("src/x.c:1:2: error: no", "src/x.c:1:2: error: no"),
        ("#12 0.345 src/x.c:1", "src/x.c:1"),
        ("#12 0.345   1:7  error", "  1:7  error"),
        ("0.345 src/x.c:1", "src/x.c:1"),
        ("[stage 3/4] src/x.c:1", "src/x.c:1"),
        ("[3/4] src/x.c:1", "src/x.c:1"),
        ("\x1b[01m\x1b[Ksrc/x.c:1:\x1b[m\x1b[K \x1b[01;31merror", "src/x.c:1: error"),
        (" 10% done\r100% done\r", "100% done"),
        ("text \t ", "text"),
        ("", ""),
        ("x" * 100_000, "x" * LONGEST_LINE),
    ],
)
def test_a_line_is_cleaned(printed: str, meant: str) -> None:
    assert cleaned(printed) == meant
