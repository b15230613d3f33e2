"""More annotations than GitHub takes at once: all arrive, in order, and none twice, whatever is lost on the way."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from standin.client import StandIn
from standin.process import running
from tests.contracts.github_places import StandInPlace
from tests.standin.openapi import judge
from worker.ports import Annotation, CheckOutput, Unavailable

_PATCH = r"/check-runs/\d+$"


@pytest.fixture(scope="module")
def standin(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[StandIn, dict[str, Any]]]:
    with running(tmp_path_factory.mktemp("standin"), "--no-limits") as credentials:
        control = StandIn(credentials["url"])
        control.keep_bodies()
        yield control, credentials
        for call in control.calls(app="tidegate", kind="rest"):
            judge().recorded(call)
        control.close()


@pytest.fixture
def place(standin: tuple[StandIn, dict[str, Any]]) -> Iterator[StandInPlace]:
    made = StandInPlace(*standin)
    yield made
    made.control.clear_faults()
    made.github.close()


def failed(sha: str, count: int) -> CheckOutput:
    return CheckOutput(
        name="tidegate / web",
        sha=sha,
        status="completed",
        conclusion="failure",
        title="Build failed",
        summary="…",
        text="",
        details_url="http://tidegate.test/deployments/d1",
        annotations=tuple(Annotation("src/x.c", line, f"mistake {line}", "Error") for line in range(1, count + 1)),
    )


def shown(place: StandInPlace, run: int) -> list[int]:
    """The lines of the run's annotations, all pages."""
    pages = (
        place._viewer.get(f"/repos/{place.full_name}/check-runs/{run}/annotations", per_page=100, page=page).body
        for page in (1, 2, 3)
    )
    return [each["start_line"] for page in pages for each in page]


def test_120_arrive_in_three_requests_and_a_second_report_adds_none(place: StandInPlace) -> None:
    sha = place.push({"a": "1"})
    run = place.github.write_check(place.repository, None, failed(sha, 120), "d1", attempted=False)
    assert shown(place, run) == list(range(1, 121))
    for _ in range(2):
        place.github.write_check(place.repository, run, failed(sha, 120), "d1", attempted=True)
    assert shown(place, run) == list(range(1, 121))


def test_a_run_that_was_in_progress_gets_them_when_it_ends(place: StandInPlace) -> None:
    sha = place.push({"a": "1"})
    run = place.github.write_check(place.repository, None, failed(sha, 0), "d1", attempted=False)
    place.github.write_check(place.repository, run, failed(sha, 120), "d1", attempted=True)
    assert shown(place, run) == list(range(1, 121))


@pytest.mark.parametrize("done", [True, False], ids=["its answer is lost", "it never got through"])
def test_an_append_that_fails_is_made_up_for_by_the_next_report(place: StandInPlace, done: bool) -> None:
    sha = place.push({"a": "1"})
    place.control.fault("status", method="PATCH", path=_PATCH, status=502, after=done)
    with pytest.raises(Unavailable):
        place.github.write_check(place.repository, None, failed(sha, 120), "d1", attempted=False)
    run = place.github.write_check(place.repository, None, failed(sha, 120), "d1", attempted=True)
    assert shown(place, run) == list(range(1, 121))
    assert [marker for _, marker, _, _ in place.runs(sha)] == ["d1"], "one run"
