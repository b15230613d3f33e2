"""One at a time looks at a repository, and asks GitHub only then: of two answers the older one must not act last."""

from __future__ import annotations

import pytest

from tests.worker.house import PREVIEWED, House
from tidegate.repository import Repository
from worker.look import alone
from worker.ports import Unavailable


def begin(house: House) -> Repository:
    repository = house.repository()
    house.push(repository, {"tidegate.yml": PREVIEWED})
    house.work()
    house.open(repository)
    house.work()
    return repository


@pytest.mark.parametrize("asked", ["branch_head", "pull"])
def test_what_is_true_now_is_asked_while_nobody_else_can_act_on_an_older_answer(house: House, asked: str) -> None:
    repository = begin(house)
    ask, alone_then = getattr(house.github, asked), list[bool]()

    def spied(*arguments: object, **more: object) -> object:
        taken = house.store.leases.take(f"push:{repository.id}", "another", 1, house.clock.now())
        alone_then.append(not taken)
        return ask(*arguments, **more)

    setattr(house.github, asked, spied)
    if asked == "pull":
        house.changed(repository, 1)
    else:
        house.push(repository)
    assert alone_then == [True]


def test_another_is_waited_for_a_moment_and_then_the_event_is_put_off(house: House) -> None:
    repository = begin(house)
    with alone(house.parts, repository), pytest.raises(Unavailable, match="another worker"):
        house.changed(repository, 1)
    house.changed(repository, 1)


def test_one_that_was_killed_keeps_nobody_from_it_for_long(house: House) -> None:
    repository = begin(house)
    assert house.store.leases.take(f"push:{repository.id}", "dead", 15, house.clock.now())
    house.clock.advance(14)
    house.changed(repository, 1)  # waited for
    sha = house.push_to(repository, 1)
    house.work()
    assert house.serving("web-pr-1") == sha


def test_repositories_do_not_wait_for_each_other(house: House) -> None:
    repository, other = begin(house), house.repository("octo/other")
    with alone(house.parts, other):
        sha = house.push(repository)
    house.work()
    assert house.serving() == sha
