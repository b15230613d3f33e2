"""What the crash matrix has found, as a table at the end of the tests: a row for each part that was killed, a column
for each step that it was killed at, and in it the seconds until all was as it should be."""

from __future__ import annotations

from collections import defaultdict

import pytest

#: What a test says of itself (record_property), with a CELL behind it.
PROPERTY = "killed"
#: (part, step, what was found)
Cell = tuple[str, str, str]


def show(reporter: pytest.TerminalReporter) -> None:
    """Nothing where the matrix was not run."""
    reports = [each for outcome in ("passed", "failed") for each in reporter.stats.get(outcome, [])]
    cells = [value for each in reports for name, value in each.user_properties if name == PROPERTY]
    if cells:
        reporter.section("kill -9 of a part at a step: seconds from its return until all is as it should be")
        for line in lines(cells):
            reporter.write_line(line)


def lines(cells: list[Cell]) -> list[str]:
    rows: dict[str, dict[str, str]] = defaultdict(dict)
    for part, step, found in cells:
        rows[part][step] = found
    steps = list(dict.fromkeys(step for _, step, _ in cells))
    table = [["", *steps], *([part, *(row.get(step, "") for step in steps)] for part, row in rows.items())]
    return ["".join(f"{word:>11}" for word in row) for row in table]
