"""What the documents promise is there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
TABLES = (DOCS / "designed-out.md", DOCS / "promises.md", *sorted((DOCS / "promises").iterdir()))
NAMED = sorted({named for table in TABLES for named in re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", table.read_text())})


def test_the_table_names_tests() -> None:
    assert len(NAMED) > 20


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_each_row_names_a_test_or_says_that_it_is_not_kept(table: Path) -> None:
    rows = [line for line in table.read_text().splitlines() if line.startswith("| ")]
    heads = {"| Promise", "| ---", "| What goes wrong"}
    bare = [row for row in rows if not row.startswith(tuple(heads)) and not _is_told(row)]
    assert bare == []


def _is_told(row: str) -> bool:
    return "::" in row or any(words in row for words in ("not kept", "promises.md", "operations.md", "no row"))


@pytest.mark.parametrize(("file", "test"), NAMED, ids=[test for _, test in NAMED])
def test_a_test_that_a_document_names_exists(file: str, test: str) -> None:
    assert re.search(rf"^\s*def {test}\(", (ROOT / file).read_text(), re.MULTILINE)
