"""The gate over time: events only say when it is read, so whichever of them come, it ends where the checks end."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import accumulate

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.tidegate.make import ACTIONS, OURS, at
from tidegate.facts import Check
from tidegate.gate import PASSED, RESOLUTION, Closed, GateRules, Open, Waiting, judge

Verdict = Open | Waiting | Closed

RULES = GateRules(settle=timedelta(seconds=5), no_checks=timedelta(minutes=10), limit=timedelta(hours=24))
#: Seconds after the push when all has happened and was told, and a sweep comes.
SWEPT = 700


@dataclass(frozen=True)
class Change:
    """At `second` after the push (with parts of one) the check of this app and name becomes `conclusion`; None: it runs
    (again). An `app` of None makes it a commit status."""

    second: float
    app: int | None
    name: str
    conclusion: str | None


@dataclass(frozen=True)
class Told:
    verdict: Verdict
    #: Seconds after the push.
    at: float


apps = st.sampled_from([ACTIONS, ACTIONS, ACTIONS + 1, OURS, None])
check_names = st.sampled_from(["unit", "unit", "lint", "tidegate / web"])
conclusions = st.sampled_from([None, "success", "success", "success", "neutral", "skipped", "failure", "timed_out"])
#: Around the settle time, where it matters.
moments = st.floats(0, 8, allow_nan=False)


def _in_time(steps: list[tuple[float, Change]]) -> tuple[Change, ...]:
    """Each so long after the one before."""
    seconds = accumulate(gap for gap, _ in steps)
    return tuple(replace(change, second=second) for second, (_, change) in zip(seconds, steps, strict=True))


changes = st.builds(Change, second=st.just(0), app=apps, name=check_names, conclusion=conclusions)
histories = st.lists(st.tuples(moments, changes), max_size=10).map(_in_time)
#: How long after which change an event arrives: in any order, late, twice or (by being in no such list) never.
arrivals = st.lists(st.tuples(st.integers(0, 9), moments), max_size=12)
required = st.sets(st.sampled_from(["unit", "lint", "absent"]), max_size=2).map(sorted)


def checks(history: Iterable[Change], second: float) -> list[Check]:
    """As GitHub shows them then: the latest run of each, with times in whole seconds."""
    shown: dict[tuple[int | None, str], Check] = {}
    for number, change in enumerate(history):
        if change.second <= second:
            whole = at(int(change.second))
            running = change.conclusion is None
            shown[change.app, change.name] = Check(
                number,
                change.app,
                change.name,
                "in_progress" if running else "completed",
                change.conclusion,
                whole,
                None if running else whole,
            )
    return list(shown.values())


def look(history: Iterable[Change], second: float, before: Told | None, names: Collection[str]) -> Told:
    """One reading after another: an open gate stays so, a closed one is looked at anew."""
    if before is not None and isinstance(before.verdict, Open):
        return before
    seen = before.verdict.open_since if before is not None and isinstance(before.verdict, Waiting) else None
    told = judge(
        checks(history, second),
        own_app_id=OURS,
        required=names,
        now=at(second),
        since=at(0),
        open_since=seen,
        rules=RULES,
    )
    return Told(told, second)


def arrived(history: Sequence[Change], arriving: Iterable[tuple[int, float]]) -> list[float]:
    return [history[number].second + delay for number, delay in arriving if number < len(history)]


def watched(history: Iterable[Change], seconds: Iterable[float], names: Collection[str]) -> Told:
    """Read at the push, whenever an event arrives, whenever a verdict asked for it, and by one sweep at the end."""
    told = look(history, 0, None, names)
    for second in [*sorted(seconds), SWEPT]:
        told = _looks_until(history, second, told, names)
        told = look(history, second, told, names)
    return _looks_until(history, SWEPT + 60, told, names)


def _looks_until(history: Iterable[Change], second: float, told: Told, names: Collection[str]) -> Told:
    """The looks that verdicts asked for; the clock rings a little late, never early."""
    while isinstance(told.verdict, Waiting) and told.verdict.look_at <= at(second):
        due = (told.verdict.look_at - at(0)).total_seconds()
        told = look(history, max(due, told.at + 0.001), told, names)
    return told


def counts(app: int | None, name: str, names: Collection[str]) -> bool:
    """By the rules of SEMANTICS 3, without a gate: neither our own run nor our own status."""
    ours = app == OURS or (app is None and name.startswith("tidegate / "))
    return not ours and (not names or name in names)


def green(history: Iterable[Change], second: float, names: Collection[str]) -> bool:
    """At least one counts, none is absent, each has passed."""
    counted = [each for each in checks(history, second) if counts(each.app_id, each.name, names)]
    present = {each.name for each in counted}
    return bool(counted) and set(names) <= present and all(each.conclusion in PASSED for each in counted)


def without_early_green(history: tuple[Change, ...], names: Collection[str]) -> tuple[Change, ...]:
    """Cut where all had passed for so long that a gate may have opened: what comes later is too late for it."""
    since: float | None = None
    for number, change in enumerate(history[:-1]):
        if not green(history, change.second, names):
            since = None
            continue
        since = change.second if since is None else since
        if history[number + 1].second - since >= RULES.settle.total_seconds():
            return history[: number + 1]
    return history


@settings(max_examples=300)
@given(histories, arrivals, required)
def test_whatever_events_come_the_last_verdict_is_that_of_the_final_state(
    history: tuple[Change, ...], arriving: list[tuple[int, float]], names: list[str]
) -> None:
    history = without_early_green(history, names)
    # The final state on its own, read when nothing happens any more.
    expected = look(history, SWEPT, None, names)
    expected = _looks_until(history, SWEPT + 60, expected, names)
    told = watched(history, arrived(history, arriving), names)
    assert told.verdict == expected.verdict
    every = watched(history, [change.second for change in history], names)
    assert every.verdict == expected.verdict, "nor does it matter if each is told at once"
    assert isinstance(told.verdict, Open) == green(history, SWEPT, names)


@settings(max_examples=300)
@given(histories, arrivals, required)
def test_it_opens_on_green_checks_that_have_settled_and_on_nothing_else(
    history: tuple[Change, ...], arriving: list[tuple[int, float]], names: list[str]
) -> None:
    told = watched(history, arrived(history, arriving), names)
    if not isinstance(told.verdict, Open):
        return
    assert green(history, told.at, names)
    counted = [each for each in history if counts(each.app, each.name, names)]
    done = [each.second for each in counted if each.second <= told.at and each.conclusion is not None]
    # GitHub tells a completion's time in whole seconds, so it may have been so much later.
    assert told.at + RESOLUTION.total_seconds() >= max(done, default=0) + RULES.settle.total_seconds()


def test_a_momentary_green_between_two_looks_opens_nothing() -> None:
    """A re-run that fails again within the settle time, told in time or not."""
    first = Change(1, ACTIONS, "unit", "success")
    history = (first, replace(first, second=3, conclusion=None), replace(first, second=4, conclusion="failure"))
    assert isinstance(watched(history, [1, 3, 4], []).verdict, Closed)
    assert isinstance(watched(history, [1], []).verdict, Closed)
    assert isinstance(watched(history, [], []).verdict, Closed)
