"""What the documents promise is there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
TABLES = ("designed-out.md", "promises.md")
NAMED = [
    named
    for table in TABLES
    for named in re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", (ROOT / "docs" / table).read_text())
]


def test_the_table_names_tests() -> None:
    assert len(NAMED) > 20


@pytest.mark.parametrize(("file", "test"), NAMED, ids=[test for _, test in NAMED])
def test_a_test_that_a_document_names_exists(file: str, test: str) -> None:
    assert re.search(rf"^\s*def {test}\(", (ROOT / file).read_text(), re.MULTILINE)
