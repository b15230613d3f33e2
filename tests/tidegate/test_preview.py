"""Previews of pull requests: who gets one, who doesn't and why."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.tidegate.make import NOON
from tidegate.facts import PullRequest
from tidegate.preview import Generation, Preview, Unapproved, Unwanted, Wanted, judge, number_of

HEAD, EARLIER = "abc1234" + "0" * 33, "b" * 40
AUTOMATIC, MANUAL, OFF = Generation.AUTOMATIC, Generation.MANUAL, Generation.OFF


@dataclass(frozen=True)
class Rules:
    generation: Generation = AUTOMATIC
    expire_after_days: int | None = None


def pull(*labels: str, **changes: Any) -> PullRequest:
    made = PullRequest(
        number=7,
        title="Add a door",
        author="mona",
        open=True,
        merged=False,
        draft=False,
        head_sha=HEAD,
        head_branch="door",
        head_repository_id=42,
        base_branch="main",
        labels=frozenset(labels),
    )
    return replace(made, **changes)


def record(**changes: Any) -> Preview:
    made = Preview(repository_id=42, number=7, head_sha=HEAD, head_branch="door", fork=False, open=True, pushed_at=NOON)
    return replace(made, **changes)


def judged(
    request: PullRequest | None = None,
    known: Preview | None = None,
    rules: Rules | None = None,
    *,
    fork: bool = False,
    others: int = 0,
    days: float = 0,
) -> Wanted | Unwanted | Unapproved:
    """At noon, or so many days later; a repository may have 3."""
    now = NOON + timedelta(days=days)
    return judge(request or pull(), known, rules or Rules(), fork=fork, others=others, limit=3, now=now)


@pytest.mark.parametrize(
    ("generation", "request_", "verdict", "reason"),
    [
        (AUTOMATIC, pull(), Wanted, "every pull request has one"),
        (AUTOMATIC, pull(draft=True), Wanted, "every pull request has one"),
        (AUTOMATIC, pull(base_branch="another-feature"), Wanted, "every pull request has one"),
        (AUTOMATIC, pull(open=False), Unwanted, "pull request #7 was closed"),
        (AUTOMATIC, pull(open=False, merged=True), Unwanted, "pull request #7 was merged"),
        (AUTOMATIC, pull("tidegate-preview-skip"), Unwanted, "it has the label `tidegate-preview-skip`"),
        (AUTOMATIC, pull("render-preview-skip"), Unwanted, "it has the label `render-preview-skip`"),
        (AUTOMATIC, pull("Render-Preview-Skip"), Unwanted, "it has the label `Render-Preview-Skip`"),
        (AUTOMATIC, pull("preview-skip", "skip"), Wanted, "every"),
        (AUTOMATIC, pull(title="Door [skip preview]"), Unwanted, "its title says `[skip preview]`"),
        (AUTOMATIC, pull(title="[preview skip] Door"), Unwanted, "its title says `[preview skip]`"),
        (AUTOMATIC, pull(title="[ Skip  PREVIEW ] Door"), Unwanted, "its title says `[ Skip PREVIEW ]`"),
        (AUTOMATIC, pull(title="skip preview"), Wanted, "every"),
        (AUTOMATIC, pull(title="[skippreview]"), Wanted, "every"),
        (AUTOMATIC, pull("tidegate-preview", "tidegate-preview-skip"), Unwanted, "`tidegate-preview-skip`"),
        (MANUAL, pull(), Unwanted, "add the label `tidegate-preview`"),
        (MANUAL, pull("tidegate-preview"), Wanted, "it has the label `tidegate-preview`"),
        (MANUAL, pull("render-preview"), Wanted, "it has the label `render-preview`"),
        (MANUAL, pull("TIDEGATE-PREVIEW"), Wanted, "it has the label `TIDEGATE-PREVIEW`"),
        (MANUAL, pull("preview"), Unwanted, "nobody asked for it"),
        (MANUAL, pull(title="Door [tidegate preview]"), Wanted, "its title says `[tidegate preview]`"),
        (MANUAL, pull(title="Door [Render\tPreview ]"), Wanted, "its title says `[Render Preview ]`"),
        (MANUAL, pull(title="tidegate preview"), Unwanted, "nobody asked for it"),
        (MANUAL, pull("tidegate-preview", title="[skip preview]"), Unwanted, "its title says `[skip preview]`"),
        (MANUAL, pull("tidegate-preview", open=False), Unwanted, "was closed"),
        (OFF, pull(), Unwanted, "previews are off (`previews.generation: off`)"),
        (OFF, pull("tidegate-preview"), Unwanted, "previews are off"),
        (OFF, pull(title="[tidegate preview]"), Unwanted, "previews are off"),
    ],
)
def test_a_pull_request_that_has_none_yet(
    generation: Generation, request_: PullRequest, verdict: type, reason: str
) -> None:
    found = judged(request_, None, Rules(generation))
    assert isinstance(found, verdict)
    assert reason in found.reason


@pytest.mark.parametrize("generation", list(Generation))
def test_slash_preview_makes_one_whatever_the_file_says(generation: Generation) -> None:
    asked = judged(pull(), record(asked_by="mona"), Rules(generation))
    assert asked == Wanted("mona asked for it with `/preview`")


def test_skipping_beats_slash_preview() -> None:
    assert isinstance(judged(pull("tidegate-preview-skip"), record(asked_by="mona")), Unwanted)


class TestAbsence:
    def test_one_that_was_removed_stays_away_until_another_push(self) -> None:
        removed = record(absent="removed by mona", removed_sha=HEAD)
        found = judged(pull(), removed)
        assert isinstance(found, Unwanted)
        assert "removed at abc1234" in found.reason
        assert "`/preview`" in found.reason
        assert isinstance(judged(pull(head_sha=EARLIER), removed), Wanted)

    def test_slash_preview_brings_it_back(self) -> None:
        back = record(absent="removed by mona", asked_by="mona", removed_sha=None)
        assert isinstance(judged(pull(), back), Wanted)

    def test_an_earlier_wish_does_not_bring_it_back(self) -> None:
        assert isinstance(judged(pull(), record(asked_by="mona", removed_sha=HEAD)), Unwanted)

    def test_one_that_was_closed_is_back_when_it_is_reopened(self) -> None:
        assert isinstance(judged(pull(), record(absent="pull request #7 was closed", open=False)), Wanted)

    @pytest.mark.parametrize(
        ("after", "elapsed", "verdict"),
        [(None, 1000, Wanted), (3, 2.9, Wanted), (3, 3, Unwanted), (1, 1, Unwanted), (365, 364, Wanted)],
    )
    def test_it_expires(self, after: int | None, elapsed: float, verdict: type) -> None:
        assert isinstance(judged(pull(), record(), Rules(expire_after_days=after), days=elapsed), verdict)

    def test_an_expired_one_says_why(self) -> None:
        assert "after 3 days without a push" in judged(None, record(), Rules(expire_after_days=3), days=9).reason
        assert "after 1 day without a push" in judged(None, record(), Rules(expire_after_days=1), days=9).reason

    def test_a_push_brings_an_expired_one_back(self) -> None:
        expired = record(absent="expired", head_sha=EARLIER, removed_sha=EARLIER)
        assert isinstance(judged(pull(), expired, Rules(expire_after_days=3), days=9), Wanted)


class TestForks:
    @pytest.mark.parametrize("approved", [None, EARLIER])
    def test_nothing_runs_of_a_commit_that_nobody_approved(self, approved: str | None) -> None:
        found = judged(pull(), record(fork=True, approved_sha=approved, approved_by="mona"), fork=True)
        assert isinstance(found, Unapproved)
        assert "write permission must approve abc1234" in found.reason

    def test_nor_of_one_that_is_seen_for_the_first_time(self) -> None:
        assert isinstance(judged(pull(), None, fork=True), Unapproved)

    def test_approval_is_for_that_commit(self) -> None:
        approved = record(fork=True, approved_sha=HEAD, approved_by="mona")
        assert isinstance(judged(pull(), approved, fork=True), Wanted)
        assert isinstance(judged(pull(head_sha=EARLIER), approved, fork=True), Unapproved)

    def test_approval_does_not_make_a_preview_where_there_shall_be_none(self) -> None:
        approved = record(fork=True, approved_sha=HEAD)
        assert isinstance(judged(pull(), approved, Rules(OFF), fork=True), Unwanted)
        assert isinstance(judged(pull(open=False), approved, fork=True), Unwanted)


class TestLimit:
    def test_beyond_it_the_setting_is_named_and_what_to_do(self) -> None:
        found = judged(others=3)
        assert isinstance(found, Unwanted)
        assert all(part in found.reason for part in ("3 other previews", "`TIDEGATE_PREVIEW_LIMIT`", "`/remove`"))

    def test_there_is_room_below_it(self) -> None:
        assert isinstance(judged(others=2), Wanted)

    def test_whoever_has_one_keeps_it(self) -> None:
        assert isinstance(judged(known=record(), others=30), Wanted)

    def test_one_that_went_has_no_place_kept(self) -> None:
        assert isinstance(judged(known=record(absent="pull request #7 was closed"), others=3), Unwanted)


LABELS = ["tidegate-preview", "render-preview", "tidegate-preview-skip", "render-preview-skip", "bug"]
TITLES = ["Door", "[tidegate preview] Door", "Door [skip preview]"]
records = st.none() | st.builds(
    record,
    head_sha=st.sampled_from([HEAD, EARLIER]),
    absent=st.sampled_from([None, "gone"]),
    asked_by=st.sampled_from([None, "mona"]),
    removed_sha=st.sampled_from([None, HEAD, EARLIER]),
    approved_sha=st.sampled_from([None, HEAD, EARLIER]),
)
requests = st.builds(
    lambda labels, **rest: pull(*labels, **rest),
    st.lists(st.sampled_from(LABELS), max_size=3),
    open=st.booleans(),
    draft=st.booleans(),
    title=st.sampled_from(TITLES),
)
rules = st.builds(Rules, st.sampled_from(list(Generation)), st.none() | st.integers(1, 5))


@given(requests, records, rules, st.booleans(), st.integers(0, 5), st.integers(0, 6))
def test_what_must_never_be(
    request: PullRequest, known: Preview | None, rules: Rules, fork: bool, others: int, days: int
) -> None:
    found = judged(request, known, rules, fork=fork, others=others, days=days)
    assert found.reason
    assert not found.reason.endswith(".")
    if isinstance(found, Wanted):
        assert request.open
        assert not any(label.endswith("-skip") for label in request.labels)
        assert not fork or (known is not None and known.approved_sha == request.head_sha)
        assert known is None or known.removed_sha != request.head_sha
        assert rules.generation is not OFF or (known is not None and known.asked_by)
        assert others < 3 or (known is not None and known.absent is None)
    assert judged(replace(request, draft=not request.draft), known, rules, fork=fork, others=others, days=days) == found


@pytest.mark.parametrize(
    ("environment", "number"),
    [("pr-7", 7), ("pr-123", 123), ("production", None), ("pr-", None), ("pr-x", None), ("7", None)],
)
def test_the_number_in_an_environment_s_name(environment: str, number: int | None) -> None:
    assert number_of(environment) == number
