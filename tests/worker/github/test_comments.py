"""A comment carries its marker, and fits."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from worker.github.comments import hidden, with_marker
from worker.github.limits import COMMENT


def test_the_marker_is_hidden_below_the_words() -> None:
    assert with_marker("**Live**", "12/7") == "**Live**\n\n<!-- tidegate:12/7 -->"


@given(st.integers(0, 3000), st.integers(1, 60))
def test_the_marker_stays_however_long_the_words_are(lines: int, width: int) -> None:
    body = "\n".join("x" * width for _ in range(lines))
    made = with_marker(body, "12/7")
    assert len(made) <= COMMENT
    assert made.endswith(hidden("12/7"))
    assert ("… the rest is left out …" in made) == (not made.startswith(body))
