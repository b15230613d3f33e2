"""Pushes that deploy nothing say so, and why."""

from __future__ import annotations

import pytest

from tests.e2e.apps import deploy_file, web
from tests.e2e.project import Project

pytestmark = pytest.mark.e2e


def said(project: Project, sha: str) -> str:
    check = project.ended(sha, "skipped")
    return f"{check['output']['title']} {check['output']['summary']}"


def test_a_skip_phrase_in_the_head_commit(project: Project) -> None:
    first = project.push(web("one"))
    project.live(first)
    second = project.push(web("two"), "Only words [skip deploy]")
    assert "[skip deploy]" in said(project, second)
    project.status(second, "success")
    assert project.shown(second).deployments == ()
    assert project.serves("one", first)


def test_a_change_outside_the_build_filter_and_then_one_inside(project: Project) -> None:
    filtered = deploy_file(extra="    buildFilter:\n      ignoredPaths: ['docs/**']\n")
    first = project.push({**web("one"), "tidegate.yml": filtered})
    project.live(first)
    ignored = project.push({"docs/readme.md": "words\n"})
    said(project, ignored)
    assert project.serves("one", first)
    project.push({"docs/more.md": "more words\n"})
    third = project.push({"www/index.html": "three\n"})
    project.live(third)
    assert project.serves("three", third)


def test_mode_off_deploys_nothing(project: Project) -> None:
    sha = project.push(web("never", "off"))
    said(project, sha)
    assert project.containers() == ()
