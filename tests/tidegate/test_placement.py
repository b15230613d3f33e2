"""Where an instance runs, and why not elsewhere."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidegate.placement import Admission, Candidate, Wish, builder, place, spread

EU1, EU2, US = Candidate("eu1", "eu", instances=3), Candidate("eu2", "eu", instances=1), Candidate("us1", "us")
CORDONED, DRAINED = Admission.CORDONED, Admission.DRAINED


def gone(host: Candidate) -> Candidate:
    return replace(host, trouble="no route to host")


@pytest.mark.parametrize(
    ("hosts", "wish", "host", "reason"),
    [
        ([EU1], Wish(), "eu1", "it has the fewest instances"),
        ([EU1, EU2], Wish(), "eu2", "it has the fewest instances"),
        ([EU1, EU2, US], Wish(("eu",)), "eu2", "it has the fewest instances"),
        ([EU1, replace(EU2, admission=CORDONED)], Wish(), "eu1", "eu2 is cordoned"),
        ([EU1, replace(EU2, admission=DRAINED)], Wish(), "eu1", "eu2 is drained"),
        ([EU1, gone(EU2)], Wish(), "eu1", "eu2 can't be reached"),
        ([EU1, replace(EU2, siblings=1)], Wish(), "eu1", "it has the fewest"),  # of this deployment, above all
        (
            [gone(EU1), replace(EU2, admission=CORDONED), US],
            Wish(("eu",)),
            None,
            "eu1 can't be reached; eu2 is cordoned",
        ),
        ([EU1, US], Wish(("mars",)), None, "no Docker host is in region `mars`; there are hosts in `eu`, `us`"),
        ([EU1, US], Wish(together=True, home="eu1"), "eu1", "find each other by name"),
        ([replace(EU1, admission=CORDONED), US], Wish(together=True, home="eu1"), "eu1", "find each other by name"),
        ([gone(EU1), US], Wish(together=True, home="eu1"), None, "theirs is eu1, which can't be reached"),
        ([EU1, US], Wish(("us",), together=True, home="eu1"), None, "name the same regions for all of them"),
    ],
)
def test_the_place_and_its_reason(hosts: list[Candidate], wish: Wish, host: str | None, reason: str) -> None:
    found = place(hosts, wish)
    assert found.host == host
    assert reason in found.reason


@pytest.mark.parametrize(("wish", "hopeless"), [(Wish(("mars",)), True), (Wish(("us",)), False)])
def test_waiting_helps_where_a_host_is_only_away(wish: Wish, *, hopeless: bool) -> None:
    assert place([EU1, gone(US)], wish).hopeless is hopeless


def test_of_several_regions_each_has_its_share() -> None:
    found = spread([EU1, EU2, US], Wish(("eu", "us")), 4, {})
    assert [each.host for each in found] == ["us1", "eu2", "eu1", "us1"]


def test_what_is_somewhere_stays_while_its_host_answers_and_is_not_drained() -> None:
    hosts = [EU1, gone(EU2), replace(US, admission=DRAINED), Candidate("us2", "us", CORDONED)]
    found = spread(hosts, Wish(), 4, {0: "eu1", 1: "eu2", 2: "us1", 3: "us2"})
    assert [each.host for each in found] == ["eu1", "eu1", "eu1", "us2"]


def test_who_must_find_each_other_share_the_first_ones_host() -> None:
    assert {each.host for each in spread([EU1, EU2, US], Wish(together=True), 5, {})} == {"us1"}


@pytest.mark.parametrize(
    ("hosts", "name"),
    [
        ([EU1, EU2], "eu1"),
        ([gone(EU1), EU2], "eu2"),
        ([replace(EU1, admission=CORDONED), EU2], "eu2"),
        ([replace(EU1, admission=CORDONED), gone(EU2)], "eu1"),
        ([gone(EU1), gone(EU2)], None),
    ],
)
def test_images_are_built_on_the_first_that_can(hosts: list[Candidate], name: str | None) -> None:
    assert builder(hosts) == name


_HOSTS = st.lists(
    st.builds(
        Candidate,
        name=st.sampled_from("abcdef"),
        region=st.sampled_from(["eu", "us"]),
        admission=st.sampled_from(Admission),
        trouble=st.sampled_from(["", "down"]),
        instances=st.integers(0, 9),
    ),
    min_size=1,
    unique_by=lambda each: each.name,
)


@given(_HOSTS, st.lists(st.sampled_from(["eu", "us"]), unique=True), st.integers(1, 9))
def test_only_hosts_that_may_take_it_and_evenly(hosts: list[Candidate], regions: list[str], count: int) -> None:
    usable = {
        each.name
        for each in hosts
        if each.admission is Admission.OPEN and not each.trouble and (not regions or each.region in regions)
    }
    found = [each.host for each in spread(hosts, Wish(tuple(regions)), count, {})]
    if not usable:
        assert set(found) == {None}
        return
    assert set(found) <= usable
    by_region = {each.name: each.region for each in hosts}
    shares = [sum(by_region[host or ""] == one for host in found) for one in {by_region[name] for name in usable}]
    assert max(shares) - min(shares) <= 1
