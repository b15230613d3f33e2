"""A check run's request stays within GitHub's limits, and annotations are appended once."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from worker.github.checkrun import bodies
from worker.ports import Annotation, CheckOutput

AT = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
BUTTON = ("Redeploy this very commit", "Deploys this commit again, with today's configuration", "redeploy")
OUTPUT = CheckOutput(
    name="tidegate / web",
    sha="a" * 40,
    status="in_progress",
    conclusion=None,
    title="Building",
    summary="",
    text="",
    details_url="http://tidegate.test/d1",
    started_at=AT,
)
DONE = replace(OUTPUT, status="completed", conclusion="failure", completed_at=AT, actions=(BUTTON,) * 4)


def annotated(count: int) -> CheckOutput:
    return replace(DONE, annotations=tuple(Annotation("a", line, f"m{line}", "t") for line in range(1, count + 1)))


def test_a_running_check_has_no_conclusion_and_no_buttons() -> None:
    first, more = bodies(OUTPUT, "d1", 0)
    assert (first["external_id"], first["status"], more) == ("d1", "in_progress", [])
    assert not first.keys() & {"conclusion", "completed_at", "actions"}


def test_buttons_are_three_at_most_and_short_enough() -> None:
    first, _ = bodies(DONE, "d1", 0)
    assert len(first["actions"]) == 3
    assert len(first["actions"][0]["label"]) <= 20
    assert len(first["actions"][0]["description"]) <= 40
    assert first["actions"][0]["identifier"] == "redeploy"


def test_title_and_texts_are_cut() -> None:
    first, _ = bodies(replace(OUTPUT, title="t" * 300, summary="s\n" * 99_999, text="x\n" * 99_999), "d1", 0)
    output = first["output"]
    assert [len(output["title"]), len(output["summary"]) <= 65_535, len(output["text"]) <= 65_535] == [255, True, True]


@given(st.integers(0, 170), st.integers(0, 170))
def test_every_annotation_that_github_lacks_is_sent_once_and_in_order(count: int, there: int) -> None:
    first, more = bodies(annotated(count), "d1", there)
    parts = [body["output"].get("annotations", []) for body in (first, *more)]
    sent = [annotation["start_line"] for part in parts for annotation in part]
    assert sent == list(range(there + 1, count + 1))
    assert all(len(part) <= 50 for part in parts)
    assert all(body["output"].keys() >= {"title", "summary"} for body in more)
