"""Each call says of itself whether it writes, and whether somebody waits for it; the budget decides by that alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest

from standin.client import StandIn
from standin.process import running
from tests.contracts.github_places import MemoryTokens, RealClock, StandInPlace, settings_of
from worker.github.app import GitHub
from worker.ports import CheckOutput, DeploymentState, Unavailable

LATER = Unavailable("Not asking GitHub.", 47)


class Scarce:
    """A budget with room for nothing that can wait; `let` is what it let through, as (write, spare)."""

    def __init__(self) -> None:
        self.let: list[tuple[bool, bool]] = []

    def spend(self, installation: int | None, *, write: bool, spare: bool) -> None:
        if spare:
            raise LATER
        self.let.append((write, spare))

    def note(self, installation: int | None, headers: Mapping[str, str]) -> None:
        """Nothing is learned from answers."""

    def pause(self, installation: int | None, seconds: float) -> None:
        """Nor from limits."""


class Desk:
    """The adapter on a scarce budget, with a commit and a pull request to work on."""

    def __init__(self, place: StandInPlace) -> None:
        self.budget = Scarce()
        self.github = GitHub(settings_of(place.credentials), MemoryTokens(), RealClock(), self.budget)
        self.repository = place.repository
        self.sha = place.push({"a": "1"})
        self.number = place.open_pull("feature")
        self.github.branch_head(self.repository, "main")  # gets the token, which is a request of its own
        self.output = CheckOutput(
            "tidegate / web", self.sha, "queued", None, "Queued", "It waits.", "", "http://t.test"
        )


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with running(tmp_path_factory.mktemp("standin"), "--no-limits") as credentials:
        control = StandIn(credentials["url"])
        place = StandInPlace(control, credentials)
        made = Desk(place)
        yield made
        made.github.close()
        place.github.close()
        control.close()


def create_deployment(desk: Desk, **flags: bool) -> int:
    return desk.github.create_deployment(
        desk.repository, desk.sha, "web", "d1", production=True, attempted=False, **flags
    )


#: Those that take `spare`, and whether they write.
CALLS: dict[str, tuple[Callable[..., Any], bool]] = {
    "branch_head": (lambda desk, **flags: desk.github.branch_head(desk.repository, "main", **flags), False),
    "pull": (lambda desk, **flags: desk.github.pull(desk.repository, desk.number, **flags), False),
    "create_deployment": (create_deployment, True),
    "deployment_state": (
        lambda desk, **flags: desk.github.deployment_state(
            desk.repository, create_deployment(desk), DeploymentState("queued", "", "http://t.test", None), **flags
        ),
        True,
    ),
    "write_check": (
        lambda desk, **flags: desk.github.write_check(
            desk.repository, None, desk.output, "d1", attempted=False, **flags
        ),
        True,
    ),
    "write_comment": (
        lambda desk, **flags: desk.github.write_comment(
            desk.repository, desk.number, None, "Live", "p1", attempted=False, **flags
        ),
        True,
    ),
    "commit_status": (
        lambda desk, **flags: desk.github.commit_status(
            desk.repository, desk.sha, "tidegate / web", "pending", "", "http://t.test", **flags
        ),
        True,
    ),
}


@pytest.mark.parametrize("name", CALLS)
def test_what_can_wait_is_refused_with_when_to_come_back_and_what_people_wait_for_goes(desk: Desk, name: str) -> None:
    call, writes = CALLS[name]
    desk.budget.let.clear()
    call(desk)
    assert desk.budget.let[-1] == (writes, False)
    with pytest.raises(Unavailable) as trouble:
        call(desk, spare=True)
    assert trouble.value.retry_after == 47


def test_lists_for_the_sweep_can_always_wait(desk: Desk) -> None:
    for ask in (desk.github.repositories, lambda: desk.github.open_pulls(desk.repository)):
        with pytest.raises(Unavailable):
            ask()
