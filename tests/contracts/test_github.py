"""What is reported to GitHub, and its bad days. Judged on the fake and on the real adapter alike."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.contracts.github_place import Place
from worker.ports import Annotation, CheckOutput, DeploymentState, Refused, Unavailable

SHOWN = CheckOutput(
    name="tidegate / web",
    sha="",
    status="in_progress",
    conclusion=None,
    title="Building",
    summary="The image is being built.",
    text="",
    details_url="http://tidegate.test/deployments/d1",
)


def failed(sha: str, annotations: int = 0) -> CheckOutput:
    return replace(
        SHOWN,
        sha=sha,
        status="completed",
        conclusion="failure",
        annotations=tuple(Annotation("Dockerfile", line + 1, "failed", "RUN") for line in range(annotations)),
        actions=(("Redeploy", "Deploys this commit again", "redeploy"),),
    )


# Reporting


def test_a_deployment_is_created_and_goes_through_its_states(place: Place) -> None:
    sha = place.push({"a": "1"})
    made = place.github.create_deployment(place.repository, sha, "web", "d1", production=True, attempted=False)
    for state in ("queued", "in_progress", "success", "inactive"):
        shown = DeploymentState(state, "x" * 500, "http://tidegate.test/d1", "http://web.test")
        place.github.deployment_state(place.repository, made, shown)
    assert place.deployments() == [("web", "d1", ["queued", "in_progress", "success", "inactive"])]


def test_a_deployment_whose_answer_was_lost_is_found_and_not_made_twice(place: Place) -> None:
    sha = place.push({"a": "1"})
    other = place.github.create_deployment(place.repository, sha, "web", "d0", production=True, attempted=False)
    place.lose_answer("create_deployment")
    with pytest.raises(Unavailable):
        place.github.create_deployment(place.repository, sha, "web", "d1", production=True, attempted=False)
    found = place.github.create_deployment(place.repository, sha, "web", "d1", production=True, attempted=True)
    assert found != other
    assert [(environment, marker) for environment, marker, _ in place.deployments()] == [("web", "d0"), ("web", "d1")]


def test_a_deployment_that_never_got_through_is_made_at_the_second_try(place: Place) -> None:
    sha = place.push({"a": "1"})
    place.fail("create_deployment")
    with pytest.raises(Unavailable):
        place.github.create_deployment(place.repository, sha, "web", "d1", production=False, attempted=False)
    place.github.create_deployment(place.repository, sha, "web", "d1", production=False, attempted=True)
    assert [marker for _, marker, _ in place.deployments()] == ["d1"]


def test_a_check_run_is_created_and_then_updated(place: Place) -> None:
    sha = place.push({"a": "1"})
    run = place.github.write_check(place.repository, None, replace(SHOWN, sha=sha), "d1", attempted=False)
    assert place.github.write_check(place.repository, run, failed(sha), "d1", attempted=False) == run
    assert place.runs(sha) == [("tidegate / web", "d1", "failure", 0)]
    ours = [check for check in place.github.checks(place.repository, sha) if check.id == run]
    assert [check.conclusion for check in ours] == ["failure"], "the gate sees our runs, and excludes them by app"


def test_a_check_run_whose_answer_was_lost_is_found_and_not_made_twice(place: Place) -> None:
    sha = place.push({"a": "1"})
    place.lose_answer("write_check")
    with pytest.raises(Unavailable):
        place.github.write_check(place.repository, None, failed(sha, annotations=3), "d1", attempted=False)
    place.github.write_check(place.repository, None, failed(sha, annotations=3), "d1", attempted=True)
    assert place.runs(sha) == [("tidegate / web", "d1", "failure", 3)]


def test_many_annotations_all_arrive_and_none_twice(place: Place) -> None:
    sha = place.push({"a": "1"})
    run = place.github.write_check(place.repository, None, failed(sha, annotations=120), "d1", attempted=False)
    place.github.write_check(place.repository, run, failed(sha, annotations=120), "d1", attempted=False)
    assert place.runs(sha) == [("tidegate / web", "d1", "failure", 120)]


def test_a_commit_status_is_set_again_and_again(place: Place) -> None:
    sha = place.push({"a": "1"})
    for state in ("pending", "success"):
        place.github.commit_status(place.repository, sha, "tidegate / web", state, "y" * 500, "http://tidegate.test/d1")
    assert place.statuses(sha) == [("tidegate / web", "pending"), ("tidegate / web", "success")]


# Bad days


def test_a_limit_says_when_to_come_back(place: Place) -> None:
    sha = place.push({"a": "1"})
    place.limit("commit_status", 47)
    with pytest.raises(Unavailable) as trouble:
        place.github.commit_status(place.repository, sha, "tidegate / web", "success", "", "http://tidegate.test/d1")
    assert trouble.value.retry_after == 47
    assert place.statuses(sha) == []


def test_github_down_is_unavailable_and_passes(place: Place) -> None:
    sha = place.push({"a": "1"})
    place.fail("checks")
    with pytest.raises(Unavailable):
        place.github.checks(place.repository, sha)
    assert place.github.checks(place.repository, sha) == []


def test_a_repository_that_was_deleted_is_refused_and_never_read_as_empty(place: Place) -> None:
    sha = place.push({"tidegate.yml": "services: []\n"})
    place.delete()
    with pytest.raises(Refused):
        place.github.commit(place.repository, sha)
    with pytest.raises(Refused):
        place.github.deploy_file(place.repository, sha)
    with pytest.raises(Refused):
        place.github.branch_head(place.repository, "main")
    with pytest.raises(Refused):
        place.github.checks(place.repository, sha)
    with pytest.raises(Refused):
        place.github.create_deployment(place.repository, sha, "web", "d1", production=True, attempted=False)


def test_a_repository_that_was_renamed_answers_to_its_old_name(place: Place) -> None:
    sha = place.push({"a": "1"})
    place.rename("renamed-" + place.repository.name)
    assert place.github.commit(place.repository, sha).sha == sha
    place.github.create_deployment(place.repository, sha, "web", "d1", production=True, attempted=False)
    assert [marker for _, marker, _ in place.deployments()] == ["d1"]
