"""Texts fit into what GitHub takes, and keep the part that matters."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from worker.github.limits import head, short, tail

LIMIT = 200


@given(st.text(max_size=300), st.integers(2, 100))
def test_short_fits_and_says_where_it_was_cut(text: str, limit: int) -> None:
    made = short(text, limit)
    line = " ".join(text.split())
    assert len(made) <= limit
    assert made == line or (made.endswith("…") and line.startswith(made[:-1]))


@given(st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\n"), max_size=60), max_size=30))
def test_tail_fits_in_bytes_and_keeps_whole_last_lines(lines: list[str]) -> None:
    text = "\n".join(lines)
    made = tail(text, LIMIT)
    assert len(made.encode()) <= LIMIT
    if len(text.encode()) <= LIMIT:
        assert made == text
    elif len(lines[-1].encode()) < LIMIT - 100:
        assert made.split("\n")[-1] == lines[-1]


def test_tail_says_how_many_lines_it_left_out() -> None:
    text = "\n".join(f"line {number}" for number in range(100))
    assert tail(text, LIMIT).startswith("… the first 85 lines are left out …\n\nline 85\n")


def test_tail_keeps_the_end_of_one_endless_line() -> None:
    made = tail("x" * 1000 + "the end", LIMIT)
    assert made.endswith("xthe end")
    assert len(made.encode()) <= LIMIT


def test_a_code_block_that_was_cut_open_is_opened_again() -> None:
    log = "\n".join(f"step {number}" for number in range(100))
    made = tail(f"Failed.\n```text\n{log}\n```", LIMIT)
    assert made.count("```") == 2
    assert made.index("```") < made.index("step ")


def test_a_code_block_that_ended_before_the_cut_stays_ended() -> None:
    after = "\n".join(f"row {number}" for number in range(100))
    assert "```" not in tail(f"```\nlog\n```\n{after}", LIMIT)


@given(st.text(max_size=600))
def test_head_fits_and_keeps_what_comes_first(text: str) -> None:
    made = head(text, LIMIT)
    assert len(made) <= LIMIT
    kept = made.removesuffix("\n\n… the rest is left out …")
    assert text.startswith(kept)
    assert made == text or kept != made
