"""That stories fail on a call of GitHub's API that isn't as GitHub describes it."""

from __future__ import annotations

import httpx
import pytest

from tests.e2e.project import Project
from tests.standin.openapi import Violation

pytestmark = pytest.mark.e2e


def test_a_wrong_call_is_found_at_a_storys_end(project: Project) -> None:
    github = project.world.github
    token = github.installation_token("tidegate", project.full_name)
    runs = f"{project.world.settings.github.api_url}/repos/{project.full_name}/check-runs"
    wrong = {"name": "x", "head_sha": "0" * 40, "colour": "red"}
    httpx.post(runs, json=wrong, headers={"Authorization": f"Bearer {token}"}, trust_env=False)
    with pytest.raises(Violation, match=r"unknown fields .*colour"):
        project.world.judge_calls()
