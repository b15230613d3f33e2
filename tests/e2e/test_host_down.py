"""A Docker host that doesn't answer is the platform's fault, and is said so."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.e2e.apps import web
from tests.e2e.world import QUICK, world

pytestmark = pytest.mark.e2e


def test_a_docker_host_that_is_down_is_named_and_is_not_the_users_fault(tmp_path: Path) -> None:
    hosts = f"attic unix://{tmp_path}/nothing.sock"
    with (
        world(tmp_path, {**QUICK, "TIDEGATE_HOSTS": hosts, "TIDEGATE_PATIENCE_SECONDS": "5"}) as dark,
        dark.project() as project,
    ):
        sha = project.push(web("hello"))
        check = project.ended(sha, "failure")
        assert "attic" in check["output"]["title"]
        assert "It was not your code" in check["output"]["summary"]
        project.status(sha, "error")
        assert project.shown(sha).states()[-1] == "error"
