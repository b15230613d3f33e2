"""Masking of what may not leave the process."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidegate.logs import MASK, live_key, mask

TOKEN = "ghs_16C7e42F292c6912E7710c838347Ae178B4a"  # GitHub's own example


@pytest.mark.parametrize(
    ("text", "secrets", "expected"),
    [
        ("password=hunter22", ["hunter22"], f"password={MASK}"),
        ("hunter22hunter22", ["hunter22"], f"{MASK}{MASK}"),
        ("nothing to hide", ["hunter22"], "nothing to hide"),
        ("abc", ["abc", "", " "], "abc"),
        ("key abcd", ["abcd"], f"key {MASK}"),
        ("hunter22-and-more", ["hunter22", "hunter22-and-more"], MASK),
        ("-----BEGIN KEY-----", ["-----BEGIN KEY-----\nMIIBOgIB\n"], MASK),
        ("MIIBOgIB", ["-----BEGIN KEY-----\nMIIBOgIB\n"], MASK),
        (f"token {TOKEN}.", [], f"token {MASK}"),
        ("ghp_16C7e42F292c6912E7710c838347Ae178B4a", [], MASK),
        ("github_pat_11ABCDEFG0abcdefghijkl_mnop", [], MASK),
        ("ghs_123_eyJhbGciOi.eyJpc3MiOi.c2ln-bmF0_dXJl", [], MASK),
        ("ghs_short and ghx_1234567890abc", [], "ghs_short and ghx_1234567890abc"),
        (f"https://x-access-token:{TOKEN}@github.com/a/b.git", [], f"https://{MASK}@github.com/a/b.git"),
        ("https://user:pass@host/x y@z", [], f"https://{MASK}@host/x y@z"),
        ("https://host:8080/a@b", [], "https://host:8080/a@b"),
        ("git@github.com:a/b.git", [], "git@github.com:a/b.git"),
        ("a\n  indented  \n", [], "a\n  indented  \n"),
    ],
)
def test_masking(text: str, secrets: list[str], expected: str) -> None:
    assert mask(text, secrets) == expected


@given(st.text(), st.lists(st.text(min_size=4), max_size=3), st.text())
def test_no_secret_survives(before: str, secrets: list[str], after: str) -> None:
    masked = mask(before + " ".join(secrets) + after, secrets)
    for secret in secrets:
        if len(secret.strip()) >= 4 and not set(secret) <= set(MASK):
            assert secret not in masked


def test_the_key_of_a_live_log() -> None:
    assert live_key("d1") == "tidegate:log:d1"
