"""Who may do what: the code's rules are those of `docs/permissions.md`, cell by cell."""

from __future__ import annotations

from pathlib import Path

import pytest

from tidegate.permission import NEEDED, Action, Permission, allowed

DOCUMENT = (Path(__file__).parents[2] / "docs" / "permissions.md").read_text()

#: What each column's people have at GitHub.
COLUMNS = {
    "anonymous": Permission.NONE,
    "read": Permission.READ,
    "triage": Permission.TRIAGE,
    "write": Permission.WRITE,
    "maintain": Permission.MAINTAIN,
    "admin": Permission.ADMIN,
    "fork author": Permission.READ,
    "other App": Permission.NONE,
}


def cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip().strip("|").split("|")]


def table(first: str) -> list[list[str]]:
    """The document's table whose first line begins so; its head, then its rows."""
    lines = DOCUMENT.splitlines()
    start = next(number for number, line in enumerate(lines) if line.startswith(first))
    end = next(number for number in range(start, len(lines)) if not lines[number].startswith("|"))
    return [cells(line) for line in lines[start:end] if not line.startswith("| ---")]


HEAD, *ROWS = table("| | anonymous")


def test_the_columns_are_all_kinds_of_people() -> None:
    assert HEAD[1:] == list(COLUMNS)


def test_every_action_has_its_row_and_its_explanation() -> None:
    assert [row[0] for row in ROWS] == [str(action) for action in Action]
    assert [row[0] for row in table("| Action |")[1:]] == [str(action) for action in Action]


@pytest.mark.parametrize(
    ("action", "who", "told"),
    [(row[0], who, told) for row in ROWS for who, told in zip(HEAD[1:], row[1:], strict=True)],
)
def test_the_code_does_as_the_table_says(action: str, who: str, told: str) -> None:
    assert told in {"yes", "no"}
    assert allowed(Action(action), COLUMNS[who]) is (told == "yes")


def test_every_action_needs_something() -> None:
    assert set(NEEDED) == set(Action)
    assert Permission.NONE not in NEEDED.values()


@pytest.mark.parametrize("action", list(Action))
def test_a_higher_role_may_all_that_a_lower_one_may(action: Action) -> None:
    may = [allowed(action, permission) for permission in sorted(Permission)]
    assert may == sorted(may)
