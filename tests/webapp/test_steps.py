from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from tests.tidegate.make import NOON, at
from tidegate.instance import PhaseRecord
from webapp.pages.steps import SCALE, bars


def test_steps_share_one_scale() -> None:
    done = PhaseRecord("build", NOON, at(30), "ok")
    running = PhaseRecord("start", at(30), None, None, "instance 1 of 2")
    built, started = bars([done, running], now=at(40))
    assert (built.x, built.width, built.outcome, built.took) == (0.0, 750.0, "ok", timedelta(seconds=30))
    assert (started.x, started.width, started.outcome) == (750.0, 250.0, "running")
    assert started.detail == "instance 1 of 2"


def test_times_in_which_nothing_was_done_take_no_room() -> None:
    ahead = PhaseRecord("build-ahead", NOON, at(30), "ok")
    start, retire = PhaseRecord("start", at(3600), at(3610), "ok"), PhaseRecord("retire", at(9000), at(9060), "ok")
    built, started, retired = bars([ahead, start, retire], now=at(9999))
    assert (built.x, built.width, built.began, built.took) == (0.0, 300.0, NOON, timedelta(seconds=30))
    assert (started.x, started.width) == (300.0, 100.0)
    assert (retired.x, retired.width) == (400.0, 600.0)


def test_steps_that_overlap_are_drawn_so() -> None:
    one, other = bars([PhaseRecord("a", NOON, at(10), "ok"), PhaseRecord("b", at(5), at(20), "ok")], now=at(20))
    assert (one.x, one.width, other.x, other.width) == (0.0, 500.0, 250.0, 750.0)


def test_no_steps_no_bars() -> None:
    assert bars([], NOON) == []


_MOMENTS = st.floats(-1e6, 1e6).map(at)
_STEPS = st.sampled_from(["build-ahead", "build", "retire"])
_PHASES = st.builds(PhaseRecord, _STEPS, _MOMENTS, st.none() | _MOMENTS, st.none() | st.just("ok"))


@given(st.lists(_PHASES, max_size=6), _MOMENTS)
def test_whatever_the_clocks_said_no_bar_leaves_the_scale(phases: list[PhaseRecord], now: datetime) -> None:
    for bar in bars(phases, now):
        assert bar.x >= 0
        assert bar.width > 0
        assert bar.x + bar.width <= SCALE + 0.2
        assert bar.took >= timedelta()
