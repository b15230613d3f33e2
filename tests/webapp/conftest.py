"""The app for a story, with nothing behind it but a store; GitHub where the story asks for it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.webapp import house as building
from tests.webapp.fake_github import FakeGitHub, fake_github
from webapp import livelog
from webapp.parts import KEY


@pytest.fixture
def github() -> Iterator[FakeGitHub]:
    with fake_github() as fake:
        yield fake


@pytest.fixture
def house(tmp_path: Path) -> Iterator[building.House]:
    """Without Redis and without GitHub."""
    made = building.build(tmp_path)
    yield made
    made.close()


@pytest.fixture
def open_house(tmp_path: Path, github: FakeGitHub) -> Iterator[building.House]:
    """Without Redis, with GitHub to sign in at."""
    made = building.build(tmp_path, github=github)
    yield made
    made.close()


@pytest.fixture(scope="module")
def lasting_house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[building.House]:
    """For a whole module: without Redis, with GitHub to sign in at and for the App to ask; no worker is waited for."""
    with fake_github() as fake, pytest.MonkeyPatch.context() as patch:
        patch.setattr(livelog, "PAUSE", 0.0)  # there is no Redis whose news are to be waited for
        made = building.build(tmp_path_factory.mktemp("house"), github=fake)
        made.app.extensions[KEY].workers.patience = 0.0
        building.as_app(made)
        yield made
        made.close()
