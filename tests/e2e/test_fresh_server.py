"""A server that starts with nothing but its address: it becomes a GitHub App, and deploys, without a restart."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import yaml

from tests.e2e.apps import web
from tests.e2e.setting_up import set_up
from tests.e2e.waiting import wait_for
from tests.e2e.world import QUICK, World, world
from tidegate import setup
from tidegate.github import APP_VARIABLES
from tidegate.store.start import with_kept_app
from worker.checkup.run import check_up
from worker.parts import Parts
from worker.wiring import make

pytestmark = pytest.mark.e2e

FRESH = {**QUICK, **dict.fromkeys(APP_VARIABLES, "")}


def test_from_its_first_start_to_a_push_that_is_live(tmp_path_factory: pytest.TempPathFactory) -> None:
    with world(tmp_path_factory.mktemp("fresh"), FRESH) as made:
        before = made.pids()
        assert not made.settings.github.has_app
        with _parts(made) as parts:
            assert [line.said for line in check_up(parts, _manifest()) if not line.ok] == [
                "they wait for the GitHub App",
                "there is none yet",
            ]
        set_up(made)
        with made.project() as project:
            sha = project.push(web("hello"))
            project.live(sha)
            assert project.serves("hello", sha)
            assert made.pids() == before, "nothing was restarted"
            with _parts(made) as parts:
                wait_for(lambda: all(line.ok for line in check_up(parts, _manifest())), "all to be well", 30, made.log)


def _manifest() -> dict[str, object]:
    told: dict[str, object] = yaml.safe_load(setup.MANIFEST.read_text())
    return told


@contextmanager
def _parts(made: World) -> Iterator[Parts]:
    """As `tidegate doctor` has them."""
    parts = make(made.settings, "doctor")
    known = with_kept_app(made.settings, parts.store)
    parts.store.close()
    parts = make(known, "doctor")
    yield parts
    parts.store.close()
