"""docs/build-plans.md says what is done today."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.tidegate.plans.test_wishes import TREES
from tests.tidegate.plans.trees import planned
from tidegate.plans import LANGUAGES

PAGE = (Path(__file__).parents[3] / "docs" / "build-plans.md").read_text()
ROWS = {
    line.split(" | ")[0].removeprefix("| "): line.split(" | ") for line in PAGE.splitlines() if line.startswith("|")
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_language_stands_there_with_its_default_version(language: str) -> None:
    found = planned(TREES[language])
    _, by, version, *_ = ROWS[found.language]
    assert version.endswith(f", {found.version.number}")
    assert f"`{language}`" in PAGE
    assert any(f"`{path}`" in by for path in TREES[language])
