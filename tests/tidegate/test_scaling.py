"""From the instances that are there to those that are wanted."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidegate.instance import Instance, InstanceState
from tidegate.scaling import Scaling, changes, is_sized, wanted

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
NEW = Instance("d", 0, "local", "name-i", "", 3000, InstanceState.JOINING)
STATE = InstanceState


def an(index: int, state: InstanceState = STATE.HEALTHY) -> Instance:
    return Instance("d", index, "local", f"c{index}", f"10.0.0.{index}", 3000, state)


@pytest.mark.parametrize(
    ("in_file", "scaling", "count"),
    [
        (1, None, 1),
        (1, Scaling(3, instead_of=1), 3),
        (5, Scaling(3, instead_of=1), 5),  # the file was changed since
        (2, Scaling(2, instead_of=2), 2),
    ],
)
def test_what_was_asked_for_counts_until_the_file_is_changed(in_file: int, scaling: Scaling | None, count: int) -> None:
    assert wanted(in_file, scaling) == count


@pytest.mark.parametrize(
    ("there", "count", "after"),
    [
        ([an(0)], 1, []),
        ([an(0)], 3, [(1, STATE.JOINING), (2, STATE.JOINING)]),
        ([an(0), an(2)], 3, [(1, STATE.JOINING)]),
        ([an(0), an(1), an(2)], 1, [(1, STATE.LEAVING), (2, STATE.LEAVING)]),
        ([an(0), an(1, STATE.LEAVING)], 1, []),
        ([an(0), an(1, STATE.LEAVING)], 2, [(1, STATE.JOINING)]),
        ([an(0), an(1, STATE.ENDING)], 2, []),  # it is made anew once it is gone
        ([an(0), an(1, STATE.CRASHED)], 1, [(1, STATE.LEAVING)]),
        ([an(0, STATE.CRASHED)], 1, []),  # to be mended, not replaced
    ],
)
def test_what_is_to_be_done(there: list[Instance], count: int, after: list[tuple[int, InstanceState]]) -> None:
    found = list(changes(count, there, NEW, NOW, overlap=60))
    assert [(each.after.index, each.after.state) for each in found] == after
    assert is_sized(count, there) is (after == [] and all(each.state is not STATE.ENDING for each in there[:count]))


def test_only_who_had_traffic_is_given_time_to_finish() -> None:
    found = list(changes(1, [an(0), an(1), an(2, STATE.UNHEALTHY)], NEW, NOW, overlap=60))
    assert [each.after.due_at for each in found] == [NOW + timedelta(seconds=60), NOW]


def test_a_new_one_is_found_by_the_name_that_its_container_will_have() -> None:
    (found,) = changes(2, [an(0)], NEW, NOW, overlap=60)
    assert (found.before, found.after.container_id, found.after.address) == (None, "name-i1", "")


_SOME = st.lists(
    st.builds(an, st.integers(0, 6), st.sampled_from([s for s in STATE if s not in {STATE.STOPPED, STATE.REMOVED}])),
    unique_by=lambda each: each.index,
)


@given(_SOME, st.integers(1, 6), st.frozensets(st.sampled_from(["local", "other"]), max_size=1))
def test_done_once_nothing_more_is_to_be_done(there: list[Instance], count: int, away: frozenset[str]) -> None:
    by_index = {each.index: each for each in there}
    for change in changes(count, there, NEW, NOW, overlap=60, away=away):
        assert change.before is not None or change.after.index not in by_index, "nobody's place is taken"
        after = change.after if change.before else replace(change.after, host="third")
        by_index[after.index] = after
    assert list(changes(count, list(by_index.values()), NEW, NOW, overlap=60, away=away)) == []
    here = [each for each in by_index.values() if each.host not in away]
    assert len([each for each in here if each.state is not STATE.LEAVING]) >= count


@given(_SOME, st.integers(1, 6))
def test_of_a_host_that_is_left_nobody_goes_before_another_is_well(there: list[Instance], count: int) -> None:
    there = [replace(each, host="other" if each.index % 2 else "local") for each in there]
    by_index = {each.index: each for each in there}
    count = max(count, len(there))  # fewer are another matter
    for change in changes(count, there, NEW, NOW, overlap=60, away={"other"}):
        by_index[change.after.index] = change.after
    before, after = (sum(each.state is STATE.HEALTHY for each in some) for some in (there, by_index.values()))
    assert after >= min(before, count)
