"""The laptop of a story, and the app that its commands ask."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.remote.laptop import Laptop
from tests.webapp.house import build


@pytest.fixture
def laptop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Laptop]:
    """Not signed in."""
    web = build(tmp_path)
    yield Laptop(web, tmp_path / "config", monkeypatch, capsys)
    web.close()
