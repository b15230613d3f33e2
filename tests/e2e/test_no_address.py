"""No webhook can reach us: the product reads GitHub's list of them, and goes the same way from there on."""

from __future__ import annotations

import pytest

from tests.e2e.apps import web
from tests.e2e.waiting import wait_for
from tests.e2e.world import QUICK, world

pytestmark = pytest.mark.e2e

#: The sweep comes once, at the start: what is live afterwards was told by the list alone.
ALONE = {**QUICK, "TIDEGATE_WEBHOOKS": "poll", "TIDEGATE_POLL_SECONDS": "1", "TIDEGATE_CATCH_UP_SECONDS": "3600"}


def test_pushes_and_buttons_work_though_every_delivery_fails(tmp_path_factory: pytest.TempPathFactory) -> None:
    with world(tmp_path_factory.mktemp("no-address"), ALONE) as made:
        made.github.change_app("tidegate", webhook_url="http://127.0.0.1:9/nobody")
        with made.project() as project:
            first = project.push(web("hello"))
            check = project.live(first)
            assert project.serves("hello", first)
            second = project.push(web("again"))
            project.live(second)

            made.github.press(project.full_name, check["id"], "redeploy")
            wait_for(lambda: project.serves("hello", first), "the first commit again", 60, project.log)

            attempts = made.github.deliveries("tidegate")
            assert attempts
            assert {each["status_code"] for each in attempts} == {502}, "none of them arrived"
            assert not any(each["redelivery"] for each in attempts), "and none was asked for again"
