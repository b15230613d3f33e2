"""A pull request has a preview of its own, for as long as it is open."""

from __future__ import annotations

import pytest

from tests.e2e.apps import Files, web
from tests.e2e.project import Project
from tests.e2e.pull import open_pull

pytestmark = pytest.mark.e2e


def previewed(greeting: str, generation: str = "automatic", trigger: str = "commit", extra: str = "") -> Files:
    """`web` with previews."""
    files = web(greeting, trigger, extra=extra)
    return {**files, "tidegate.yml": f"previews:\n  generation: {generation}\n{files['tidegate.yml']}"}


def test_a_pull_request_has_a_preview_until_it_is_closed(project: Project) -> None:
    live = project.push(previewed("production"))
    project.live(live)
    pull = open_pull(project, previewed("first look"))
    pull.shows("success")
    pull.serves("first look")
    assert pull.visit().headers["x-robots-tag"] == "noindex"
    told = pull.answer(pull.host(), pull.sha[:7])

    pull.push(previewed("second look"))
    pull.serves("second look")
    pull.shows("success")
    assert project.serves("production", live)
    assert pull.answer(pull.sha[:7])["id"] == told["id"], "one comment, edited in place"

    pull.close()
    pull.gone()
    assert project.serves("production", live)
    pull.answer("closed")
    assert set(pull.deployment_states()) == {"inactive"}
