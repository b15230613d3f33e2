"""Ranges as npm, pip, Poetry and mix write them → the tag of a base image."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tidegate.plans import versions

NODE = ("24", "22", "20", "18")
PYTHON = ("3.13", "3.12", "3.11", "3.10")


@pytest.mark.parametrize(
    ("spec", "number"),
    [
        ("20", "20"),
        ("v20.11.1", "20.11.1"),
        ("=20.11.1", "20.11.1"),
        (">=18", "24"),
        (">=18.0.0 <23", "22"),
        (">= 18.0.0 <= 20", "20"),
        ("18.x", "18"),
        ("18.*", "18"),
        ("^20.9.0", "20"),
        ("~20", "20"),
        ("~20.9", "20.9"),
        ("^18 || ^20", "20"),
        ("18 - 20", "20"),
        ("<22", "20"),
        ("!=24", "22"),
        (">30", "30"),
    ],
)
def test_npm_s(spec: str, number: str) -> None:
    found = versions.ranged(spec, NODE, "x")
    assert found
    assert found.number == number


@pytest.mark.parametrize(
    ("spec", "number"),
    [
        (">=3.9", "3.13"),
        (">=3.9,<3.13", "3.12"),
        (">=3.9, <4.0", "3.13"),
        ("^3.10", "3.13"),
        ("~3.11", "3.11"),
        ("~=3.11", "3.13"),
        ("~=3.11.2", "3.11"),
        ("==3.12.*", "3.12"),
        (">=3.8,!=3.13.*", "3.12"),
        ("~> 3.12", "3.13"),
        ("3.11.4", "3.11.4"),
        (">=2.7 and <3.12", "3.11"),
    ],
)
def test_python_s_and_elixir_s(spec: str, number: str) -> None:
    found = versions.ranged(spec, PYTHON, "x")
    assert found
    assert found.number == number


@pytest.mark.parametrize("spec", ["", "*", "latest", "lts/*", "$(id)", "x"])
def test_what_is_no_range_is_not_guessed_at(spec: str) -> None:
    assert versions.ranged(spec, NODE, "x") is None


@given(st.text(alphabet="0123456789.x*^~<>=!| -vand,", max_size=30) | st.text(max_size=30))
@settings(deadline=None)
def test_whatever_is_written_ends_as_a_tag_or_as_none(spec: str) -> None:
    found = versions.ranged(spec, NODE, "x")
    assert found is None or all(part.isdigit() for part in found.number.split("."))
