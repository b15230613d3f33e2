"""Globs that can't be meant are mistakes of the deploy file, each told at its line with what to write instead."""

from __future__ import annotations

import pytest

from tidegate.blueprint import BlueprintError, parse

FILE = """\
services:
  - name: web
    type: web
    buildFilter:
      paths:
        - src/**
        - /shared/**
        - lib/
      ignoredPaths:
        - "!docs/**"
        - "**/*.{md,txt}"
        - test/[a-
"""


def test_every_broken_glob_is_told_at_its_line_with_a_hint() -> None:
    with pytest.raises(BlueprintError) as broken:
        parse(FILE)
    told = {problem.line: problem for problem in broken.value.problems}
    assert sorted(told) == [7, 8, 10, 11, 12]
    assert "`shared/**`" in told[7].hint
    assert "`lib/**`" in told[8].hint
    assert "`ignoredPaths`" in told[10].hint
    assert "a glob for each" in told[11].hint
    assert "close it" in told[12].hint.lower()


def test_good_ones_are_kept_as_they_are_written() -> None:
    lines = [line for number, line in enumerate(FILE.splitlines(), 1) if number not in {7, 8, 10, 11, 12}]
    text = "\n".join(line for line in lines if "ignoredPaths" not in line)
    (service,) = parse(text).services
    assert service.build_filter.paths == ("src/**",)
