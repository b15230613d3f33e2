"""One world for the stories, since each has a repository of its own in it; chaos makes its own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.e2e.project import Project
from tests.e2e.world import QUICK, World
from tests.e2e.world import world as make_world


@pytest.fixture(scope="package")  # and gone after them, since it has a machine's share of work even at rest
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    # As many previews as one story opens at once, so that the next is one too many.
    settings = {**QUICK, "TIDEGATE_PREVIEW_LIMIT": "3"}
    with make_world(tmp_path_factory.mktemp("world"), settings) as made:
        yield made


@pytest.fixture
def project(world: World) -> Iterator[Project]:
    """A repository without CI."""
    with world.project() as made:
        yield made


@pytest.fixture
def checked(world: World) -> Iterator[Project]:
    """A repository whose CI waits to be told how it ends."""
    with world.project(ci="manual") as made:
        yield made
