"""Skip phrases in a commit's message."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidegate import skip


@pytest.mark.parametrize(
    ("message", "found"),
    [
        ("[skip tidegate] Update README", "[skip tidegate]"),
        ("[tidegate skip] Update README", "[tidegate skip]"),
        ("[skip render] Update README", "[skip render]"),
        ("[render skip]", "[render skip]"),
        ("docs [skip deploy]", "[skip deploy]"),
        ("docs [deploy skip]", "[deploy skip]"),
        ("docs [skip cd]", "[skip cd]"),
        ("docs [cd skip]", "[cd skip]"),
        ("[SKIP Render]", "[SKIP Render]"),
        ("[ skip   cd ]", "[ skip   cd ]"),
        ("[\tskip\tcd\t]", "[\tskip\tcd\t]"),
        ("Fix\n\nNothing to see.\n\n[skip cd]\n", "[skip cd]"),
        ("a message wrapped right [skip\ncd]", "[skip\ncd]"),
        ("[skip cd] [skip deploy]", "[skip cd]"),
        ("[skip ci]", None),
        ("[ci skip]", None),
        ("[skip]", None),
        ("[skipcd]", None),
        ("[skip-cd]", None),
        ("(skip cd)", None),
        ("skip cd", None),
        ("[skip cd", None),
        ("[skip cdx]", None),
        ("[don't skip cd]", None),
        ("[skip cd please]", None),
        ("", None),
    ],
)
def test_phrases(message: str, found: str | None) -> None:
    assert skip.skipped(message) == found


def test_the_words_are_a_setting() -> None:
    assert skip.skipped("[skip staging]", ["staging"]) == "[skip staging]"
    assert skip.skipped("[skip cd]", ["staging"]) is None
    assert skip.skipped("[skip cd]", []) is None


def test_a_word_is_no_pattern() -> None:
    assert skip.skipped("[skip abc]", ["a.c"]) is None
    assert skip.skipped("[skip a.c]", ["a.c"]) == "[skip a.c]"


def test_of_two_words_with_one_beginning_both_are_found() -> None:
    assert skip.skipped("[skip deploy-docs]", ["deploy", "deploy-docs"]) == "[skip deploy-docs]"


@given(st.text(), st.sampled_from(skip.DEFAULT), st.booleans(), st.text())
def test_a_phrase_is_found_wherever_it_stands(before: str, word: str, first: bool, after: str) -> None:
    phrase = f"[{word} skip]" if first else f"[skip {word}]"
    assert skip.skipped(f"{before}{phrase}{after}") is not None
