"""The promise of zero downtime, whole: deploys in a row under load, and not one request that fails."""

from __future__ import annotations

import pytest

from tests.e2e import sturdy
from tests.e2e.project import Project
from tests.load import load

pytestmark = pytest.mark.e2e

#: More than a thousand requests a second, and some of the machine is left for the deploys.
CONNECTIONS, PAUSE = 64, 100


@pytest.mark.timeout(600)
@pytest.mark.parametrize("deploys", [4, pytest.param(20, marks=pytest.mark.long)])
def test_deploys_in_a_row_under_load_lose_no_request(project: Project, deploys: int) -> None:
    sturdy.ensure_base()
    project.live(project.push(sturdy.service("0")))
    url = f"http://127.0.0.1:{project.world.router_port}/"
    host = f"{project.service}.{project.world.settings.domain}"
    with (
        load(url, host, connections=CONNECTIONS, keep_alive=True, pause=PAUSE) as kept,
        load(url, host, connections=CONNECTIONS, keep_alive=False, pause=PAUSE) as fresh,
    ):
        sha = ""
        for number in range(1, deploys + 1):
            sha = project.push(sturdy.service(str(number)))
            project.routed(sha)
        results = (kept.result(), fresh.result())
    for result in results:
        assert result.failed == 0, result
    assert all(result.requests > deploys * CONNECTIONS for result in results), "it was under load"
    assert (project.visit().text, project.visit("/commit").text) == (str(deploys), sha)
