"""With the overlap policy "override", a running deploy makes room at once for what is pushed after it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.e2e.apps import AWAITS_GO, pre_deploy, web
from tests.e2e.waiting import wait_for
from tests.e2e.world import QUICK
from tests.e2e.world import world as make_world

pytestmark = pytest.mark.e2e


def test_a_newer_push_cancels_the_running_deploy(tmp_path: Path) -> None:
    settings = {**QUICK, "TIDEGATE_OVERLAP_POLICY": "override"}
    with make_world(tmp_path, settings) as world, world.project() as project:
        first = project.push(web("held", extra=pre_deploy(AWAITS_GO)))
        wait_for(lambda: project.containers(role="pre-deploy"), "the first to run", 60, project.log)
        # What is canceled before a word of it was said gets no deployment at GitHub.
        wait_for(lambda: project.shown(first).states(), "GitHub to show that it runs", 30, project.log)
        second = project.push(web("newer"))
        project.live(second)
        assert project.serves("newer", second)
        canceled = project.ended(first, "cancelled")
        assert second[:7] in canceled["output"]["title"]
        wait_for(lambda: not project.containers(sha=first), "nothing to be left of the first", 30, project.log)
        wait_for(lambda: project.shown(first).states()[-1:] == ["inactive"], "GitHub to show it", 30, project.log)
