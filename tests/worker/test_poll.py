"""Without a public address: GitHub's list of deliveries serves as well as the deliveries themselves."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from tests.worker.house import House
from tests.worker.test_drain import pushed
from tidegate.deployment import Status
from tidegate.repository import Delivery, Repository


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(tmp_path, TIDEGATE_WEBHOOKS="poll", TIDEGATE_CATCH_UP_SECONDS="86400")


def sent(house: House, delivery: Delivery, *, ago: float = 0) -> str:
    """GitHub tried to send it, and nobody was there."""
    return house.github.send(
        delivery.event, delivery.body, house.clock.now() - timedelta(seconds=ago), delivery.guid or None
    )


def push(house: House, repository: Repository, *, ago: float = 0, guid: str = "") -> str:
    sha = house.commit(repository)
    sent(house, pushed(house, repository, sha, guid), ago=ago)
    return sha


def look(house: House) -> None:
    house.bell.poll()
    house.work()


def test_a_push_goes_live_though_nothing_was_sent_to_us(house: House) -> None:
    repository = house.repository()
    sha = push(house, repository)
    look(house)
    assert house.status(repository, sha) is Status.LIVE
    assert house.serving() == sha


def test_each_is_fetched_once_however_often_it_is_listed(house: House) -> None:
    repository = house.repository()
    push(house, repository, guid="g1")
    for _ in range(3):
        look(house)
    house.github.send("push", b"{}", house.clock.now(), "g1")
    look(house)
    assert house.github.calls["payload"] == 1
    assert house.github.calls["deliveries"] == 4


def test_the_first_look_leaves_what_is_old_to_the_sweep(house: House) -> None:
    repository = house.repository()
    push(house, repository, ago=3600, guid="old")
    push(house, repository, ago=60, guid="new")
    look(house)
    assert house.store.deliveries.known(["old", "new"]) == {"new"}


def test_an_outage_is_made_up_for_as_far_as_the_list_goes(house: House) -> None:
    repository = house.repository()
    push(house, repository, guid="before")
    look(house)
    house.clock.advance(5 * 86400)
    push(house, repository, ago=3 * 86400 + 60, guid="too old")
    push(house, repository, ago=2 * 86400, guid="days ago")
    sha = push(house, repository, ago=5, guid="just now")
    look(house)
    assert house.store.deliveries.known(["too old", "days ago", "just now"]) == {"days ago", "just now"}
    assert house.serving() == sha


def test_one_that_is_listed_late_is_not_missed(house: House) -> None:
    repository = house.repository()
    push(house, repository, guid="quick")
    look(house)
    push(house, repository, ago=10, guid="slow")
    look(house)
    assert house.store.deliveries.seen("slow") == "handled"


def test_a_burst_is_taken_in_parts_and_all_of_it(house: House) -> None:
    repository = house.repository()
    shas = [push(house, repository, ago=60 - number) for number in range(60)]
    look(house)
    assert house.github.calls["payload"] == 60
    assert house.serving() == shas[-1]


def test_what_cannot_be_fetched_now_is_fetched_later_and_nothing_after_it_before(house: House) -> None:
    repository = house.repository()
    push(house, repository, ago=9, guid="first")
    push(house, repository, ago=6, guid="second")
    house.github.down(times=1, method="payload")
    look(house)
    assert house.store.deliveries.newest() is None
    look(house)
    assert house.store.deliveries.known(["first", "second"]) == {"first", "second"}


def test_a_list_that_cannot_be_read_is_read_later(house: House) -> None:
    repository = house.repository()
    sha = push(house, repository)
    house.github.limited(30, times=1, method="deliveries")
    look(house)
    assert house.serving() is None
    look(house)
    assert house.serving() == sha


def test_one_that_github_has_lost_keeps_no_other_waiting(house: House) -> None:
    repository = house.repository()
    push(house, repository, ago=9, guid="lost")
    sha = push(house, repository, ago=6, guid="kept")
    house.github.refuse("gone", times=1, method="payload")
    look(house)
    assert house.serving() == sha


def test_what_came_both_ways_is_handled_once(house: House) -> None:
    repository = house.repository()
    sha = house.commit(repository)
    delivery = pushed(house, repository, sha, "both")
    sent(house, delivery)
    house.store.deliveries.put([delivery])
    look(house)
    assert house.github.calls["payload"] == 0
    house.watch(1)
    assert house.status(repository, sha) is Status.LIVE


def test_github_is_never_asked_to_send_again_what_nobody_can_receive(house: House) -> None:
    house.repository()
    house.bell.catch_up()
    house.work()
    assert house.github.calls["repositories"] == 1
    assert house.github.calls["missed_deliveries"] == 0
