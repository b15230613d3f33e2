"""Text within GitHub's limits, safe whatever it holds."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidegate.markdown import clip, code, duration, fenced, plain, sentence, table


@pytest.mark.parametrize(
    ("text", "limit", "expected"),
    [
        ("short", 10, "short"),
        ("exactly ten", 11, "exactly ten"),
        ("one too many", 11, "one too ma…"),
        ("cut at a space", 8, "cut at…"),
        ("two\nlines\tand  spaces", 80, "two lines and spaces"),
        ("\x1b[31mred\x1b[0m", 80, "red"),
        ("", 5, ""),
    ],
)
def test_clip(text: str, limit: int, expected: str) -> None:
    assert clip(text, limit) == expected


@given(st.text(), st.integers(1, 50))
def test_a_clipped_text_fits_on_one_line(text: str, limit: int) -> None:
    clipped = clip(text, limit)
    assert len(clipped) <= limit
    assert "\n" not in clipped


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("\x1b[1;32mok\x1b[0m", "ok"),
        ("\x1b]0;title\x07text", "text"),
        ("\x1b]8;;https://x\x1b\\link\x1b]8;;\x1b\\", "link"),
        ("a\x00b\x07c\x7f", "abc"),
        ("tab\tand\nline", "tab\tand\nline"),
    ],
)
def test_what_only_a_terminal_understands_is_left_out(text: str, expected: str) -> None:
    assert plain(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [("a", "`a`"), ("a`b", "``a`b``"), ("`a`", "`` `a` ``"), ("a\nb", "`a b`"), ("```", "```` ``` ````")],
)
def test_code_spans(text: str, expected: str) -> None:
    assert code(text) == expected


class TestFenced:
    def test_a_log(self) -> None:
        assert fenced(["one", "two"], 100) == "```\none\ntwo\n```"

    def test_nothing_is_nothing(self) -> None:
        assert fenced([], 100) == ""

    def test_backticks_within_do_not_end_it(self) -> None:
        assert fenced(["```", "````` x"], 100) == "``````\n```\n````` x\n``````"

    def test_the_end_is_kept(self) -> None:
        assert fenced([str(number) for number in range(1000)], 30) == "```\n995\n996\n997\n998\n999\n```"

    def test_a_line_that_does_not_fit_alone_leaves_nothing(self) -> None:
        assert fenced(["x" * 100], 50) == ""

    @given(st.lists(st.text(max_size=30), max_size=20), st.integers(20, 300))
    def test_it_fits_in_bytes_and_is_one_block(self, lines: list[str], limit: int) -> None:
        block = fenced(lines, limit)
        assert len(block.encode()) <= limit
        if block:
            fence, *inner, end = block.split("\n")
            assert fence == end
            assert re.fullmatch("`{3,}", fence)
            assert not any(line.strip().startswith(fence) for line in inner)


def test_a_table_s_cells_hold_neither_bars_nor_lines() -> None:
    assert table(("A", "B"), [("a|b", "c\nd")]) == "| A | B |\n| --- | --- |\n| a\\|b | c d |"


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        (0, "0.00 s"),
        (0.236, "0.24 s"),
        (9.99, "9.99 s"),
        (12.34, "12.3 s"),
        (60, "1 min 0 s"),
        (125.9, "2 min 5 s"),
        (3599, "59 min 59 s"),
        (3720, "1 h 2 min"),
    ],
)
def test_durations(seconds: float, expected: str) -> None:
    assert duration(timedelta(seconds=seconds)) == expected


@pytest.mark.parametrize(
    ("clause", "expected"),
    [
        ("a b", "A b"),
        ("no instance: it went", "No instance: it went"),
        ("pre-deploy failed", "Pre-deploy failed"),
        ("ended.", "Ended."),
        ("e-mail isn't set", "E-mail isn't set"),
        ("`x` y", "`x` y"),
        ("http://127.0.0.1:9/… is told of everything", "http://127.0.0.1:9/… is told of everything"),
        ("ops@acme.test is told of failures", "ops@acme.test is told of failures"),
        ("hooks.slack.test is told of nothing", "hooks.slack.test is told of nothing"),
        ("tidegate.yml has a mistake", "tidegate.yml has a mistake"),
        ("app/Dockerfile isn't there", "app/Dockerfile isn't there"),
        ("", ""),
    ],
)
def test_sentences(clause: str, expected: str) -> None:
    assert sentence(clause) == expected
