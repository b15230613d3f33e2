"""Output that wants to be read slowly: the work grows with its length and no faster, and nothing breaks."""

from __future__ import annotations

import sys
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.tidegate.diagnostics.test_find import FILES
from tidegate.diagnostics import LONGEST_MESSAGE, LONGEST_TITLE, MOST, find
from tidegate.diagnostics.compilers import Compilers
from tidegate.diagnostics.eslint import ESLint
from tidegate.diagnostics.golang import Go
from tidegate.diagnostics.lines import LONGEST_LINE, cleaned
from tidegate.diagnostics.pytest import Pytest
from tidegate.diagnostics.python import Python
from tidegate.diagnostics.rust import Rust
from tidegate.diagnostics.typescript import TypeScript

#: What the formats are made of, so that random lines come near to them.
_pieces = st.sampled_from(
    [
        *(
            " ",
            "  ",
            ":",
            "1",
            "1:2:",
            "(1,2): ",
            "error: ",
            "error",
            "error TS1: ",
            " - error TS1: ",
            "E   ",
            "|",
            "'",
        ),
        *(
            '  File "',
            '", line 1',
            "Traceback (most recent call last):",
            "ValueError: x",
            " in f",
            "--> ",
            "panicked at ",
        ),
        *(
            "src/main.c",
            "lib/app.py",
            "web/src/a.ts",
            "ok_test.go",
            "a/",
            "../",
            "[Error/x]",
            ": line 1, col 2, Error - ",
        ),
        *(
            "--- FAIL: T",
            "=== RUN T",
            "thread 'x' ",
            "required from here",
            "\x1b[",
            "\x1b]",
            "\r",
            "\t",
            "#1 0.1 ",
            "[1/2] ",
        ),
    ]
)
_lines = st.lists(st.one_of(st.lists(_pieces, max_size=12).map("".join), st.text(max_size=40)), max_size=30)


@given(_lines)
@settings(max_examples=300)
def test_whatever_is_printed_is_read(lines: list[str]) -> None:
    found = find(lines, FILES)
    assert len(found) <= MOST
    assert len(set(found)) == len(found)
    for finding in found:
        assert finding.path in FILES
        assert 0 < finding.line < 10_000_000
        assert 0 < len(finding.title) <= LONGEST_TITLE
        assert 0 < len(finding.message) <= LONGEST_MESSAGE
        assert "\n" not in finding.title + finding.message


def _repeated(piece: str) -> str:
    return piece * (LONGEST_LINE // len(piece))


HOSTILE: dict[str, Callable[[int], list[str]]] = {
    "frames": lambda n: ['  File "/a/app.py", line 1, in f'] * n,
    "paths": lambda n: [f"{_repeated('a/')[: -len(str(at)) - 16]}{at}/x.c:1:2: error: e" for at in range(n)],
    "logged": lambda n: ["=== RUN T", *(["    t_test.go:1: x"] * n)],
    "entries": lambda n: ["a/b.py:1: in f"] * n,
    "said": lambda n: ["a/b.py:1: in f", *(["E   x"] * n)],
    "instantiated": lambda n: ["/usr/include/x.h:1:2:   required from here"] * n,
}


@pytest.mark.parametrize("make", HOSTILE.values(), ids=HOSTILE)
def test_many_lines_cost_what_they_weigh(make: Callable[[int], list[str]]) -> None:
    small, large = (_calls(make(size), FILES) for size in (300, 3000))
    assert large < 15 * small


def test_many_files_of_one_name_cost_what_they_weigh() -> None:
    lines = [f"/somewhere/{at}/x.c:1:2: error: e" for at in range(100)]
    small, large = (_calls(lines, [f"{at}/deep/down/x.c" for at in range(size)]) for size in (300, 3000))
    assert large < 15 * small


#: What is read from a line's beginning, and pieces that make its rest look like a match again and again.
_BEGINNINGS = (
    "",
    "  ",
    "E   ",
    "a.c:1: error: ",
    "a.go:1:2: ",
    "a.py:1: ",
    '  File "',
    "  1:2  error  ",
    "thread 'x' panicked at '",
)
_REPEATED = (
    *(
        " ",
        "  x",
        "a",
        "a:1",
        "a:1:2: ",
        "(1,2): error ",
        "(1,2):",
        ":1:2 - error ",
        " [Error/",
        " [Error/x] ",
        ", line 1, col 2, ",
    ),
    *(
        " (x",
        "', a",
        "', a:1",
        "panicked at '",
        "/",
        "../",
        '"',
        "|",
        "\x1b[0",
        "\x1b]0;",
        "\x1b",
        "\r",
        "#1 0.1 ",
        "[a 1/2] ",
    ),
)


@pytest.mark.timeout(60)
@pytest.mark.parametrize("beginning", _BEGINNINGS)
def test_a_long_line_is_read_at_once(beginning: str) -> None:
    """Far longer than what is let through: a reader that goes back and forth would be at it for hours."""
    for piece in _REPEATED:
        line = beginning + piece * (200_000 // len(piece)) + "!"
        cleaned(line)
        for reader in (Compilers(), Python(), Pytest(), TypeScript(), ESLint(), Go(), Rust()):
            for given_line in (line, line, ""):
                list(reader.read(given_line))


def _calls(lines: list[str], files: tuple[str, ...] | list[str]) -> int:
    """Function calls, of C functions too: the same on every machine, whatever else that does."""
    count = 0

    def counted(*_: object) -> None:
        nonlocal count
        count += 1

    before = sys.getprofile()
    sys.setprofile(counted)
    try:
        find(lines, files)
    finally:
        sys.setprofile(before)
    return count
