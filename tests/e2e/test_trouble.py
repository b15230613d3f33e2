"""GitHub's bad days: what it refuses, loses or slows down ends well or with a clear word; the old version serves on."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.apps import web
from tests.e2e.project import Project
from tests.e2e.waiting import wait_for

pytestmark = pytest.mark.e2e


@pytest.fixture
def good(project: Project) -> Iterator[Project]:
    """With a version that is live. No fault outlives its story."""
    project.good = project.push(web("good"))
    project.live(project.good)
    yield project
    project.world.github.clear_faults()


def change(good: Project) -> str:
    return good.push({"www/index.html": "new\n"})


def test_a_created_deployment_whose_answer_was_lost_is_not_made_twice(good: Project) -> None:
    path = f"^/api/v3/repos/{good.full_name}/deployments$"
    good.world.github.fault("status", method="POST", path=path, status=502, after=True)
    sha = change(good)
    good.live(sha)
    assert len(good.shown(sha).deployments) == 1
    assert good.serves("new", sha)


def test_a_check_run_whose_answer_was_lost_is_not_made_twice(good: Project) -> None:
    path = f"^/api/v3/repos/{good.full_name}/check-runs$"
    good.world.github.fault("status", method="POST", path=path, status=502, after=True)
    sha = change(good)
    good.live(sha)
    ours = [run for run in good.shown(sha).checks if run["name"] == good.check_name]
    assert len(ours) == 1


def test_a_limit_delays_reports_and_no_deploy(good: Project) -> None:
    path = f"^/api/v3/repos/{good.full_name}/(deployments|check-runs|statuses)"
    good.world.github.fault("secondary", method="POST", path=path, retry_after=3)
    sha = change(good)
    good.routed(sha)
    good.live(sha)
    assert good.shown(sha).states()[-1] == "success"


def test_a_fetch_that_fails_once_is_tried_again(good: Project) -> None:
    good.world.github.fault("status", path=f"^/{good.full_name}(.git)?/git-upload-pack", status=502)
    sha = change(good)
    good.live(sha)
    assert good.serves("new", sha)


def test_a_fetch_that_is_refused_for_good_says_what_to_do(good: Project) -> None:
    good.world.github.fault("status", path=f"^/{good.full_name}(.git)?/git-upload-pack", status=403, times=1000)
    check = good.ended(change(good), "failure", patience=120)
    assert "fetch" in check["output"]["title"].lower()
    assert good.serves("good", good.good)


@pytest.mark.long
def test_a_full_disk_is_said_and_the_next_deploy_after_it_works(good: Project) -> None:
    trees = Path(good.world.settings.data) / "trees"
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=8k,nr_inodes=8", "tmpfs", str(trees)], check=True)
    try:
        sha = change(good)
        check = good.ended(sha, "failure", patience=120)
    finally:
        subprocess.run(["umount", str(trees)], check=True)
    assert "disk" in check["output"]["title"].lower()
    good.status(sha, "error")  # and not failure: it is not the user's fault
    assert good.serves("good", good.good)
    later = good.push({"www/index.html": "after\n"})
    good.live(later)
    assert good.serves("after", later)


def test_a_repository_that_is_deleted_takes_nothing_down_but_what_was_its_own(good: Project) -> None:
    with good.world.project() as other:
        first = other.push(web("other"))
        other.live(first)
        good.world.github.delete_repo(good.full_name)
        wait_for(lambda: good.visit().status in {404, 503}, "it not to be served", 30, good.log)
        wait_for(lambda: good.containers() == (), "its containers to be gone", 30, good.log)
        assert other.serves("other", first)
        second = other.push({"www/index.html": "on\n"})
        other.live(second)
        assert other.serves("on", second)


def test_a_branch_that_is_deleted_leaves_its_service_running(project: Project) -> None:
    files = web("good", extra="    branch: release\n")
    sha = project.checkout.commit(project.named(files), "Release")
    project.checkout.push()
    project.checkout.push(branch="release")
    project.live(sha)
    project.checkout.git("push", "--quiet", "origin", ":refs/heads/release")
    assert project.world.github.wait_idle()
    project.keep_looking(3, lambda: project.serves("good", sha))
