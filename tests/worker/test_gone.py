"""Repositories that are taken from us and come back: nothing of them is served meanwhile, and nothing is forgotten."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.worker.house import GATED, PREVIEWED, House
from tidegate.deployment import Status
from tidegate.events import Event, InstallationChanged, InstallationGone, RepositoryGone, RepositorySeen
from tidegate.repository import Repository
from worker.ports import Unavailable

TAKEN: list[Callable[[Repository], Event]] = [
    lambda repository: RepositoryGone(repository.id, "the repository was deleted by octo"),
    lambda repository: InstallationGone(repository.installation_id, "the App was suspended by octo"),
]


def begin(house: House, file: str = PREVIEWED) -> Repository:
    """Production and a preview are live."""
    repository = house.repository()
    house.push(repository, {"tidegate.yml": file})
    house.work()
    house.open(repository)
    house.work()
    return repository


def seen(repository: Repository) -> RepositorySeen:
    return RepositorySeen(
        repository.id, repository.installation_id, repository.owner, repository.name, "main", private=True
    )


def gone(house: House, repository: Repository) -> str | None:
    found = house.store.repositories.get(repository.id)
    assert found is not None
    return found.gone


def take(house: House, repository: Repository, told: Callable[[Repository], Event] = TAKEN[0]) -> None:
    house.github.remove(repository)
    house.tell(told(repository))
    house.watch(40, every=8)


@pytest.mark.parametrize("told", TAKEN)
def test_nothing_of_it_is_served_or_runs(house: House, told: Callable[[Repository], Event]) -> None:
    repository = begin(house)
    house.github.remove(repository)
    house.tell(told(repository))
    assert (house.serving(), house.serving("web-pr-1")) == (None, None), "out of the router at once"
    assert house.router.answer("web.apps.test") == "404"
    house.tell(told(repository))
    house.watch(40, every=8)
    assert house.engine.containers == {}
    assert house.timeline(repository).count("repository-gone") == 1
    assert house.store.deployments.of_environment(repository.id, "production", 10), "nothing is forgotten"


def test_what_waits_is_canceled_and_later_events_do_nothing(house: House) -> None:
    repository = begin(house, GATED)
    sha = house.push(repository)
    house.work()
    take(house, repository)
    assert house.status(repository, sha) is Status.CANCELED
    house.tell(house.pushed(repository, sha))
    house.changed(repository, 1)
    house.watch(20, every=5)
    assert house.engine.containers == {}


def test_a_deploy_under_way_ends(house: House) -> None:
    repository = begin(house)
    sha = house.push(repository)
    build = house.engine.build

    def taken_meanwhile(*arguments: Any, **named: Any) -> str:
        house.tell(TAKEN[0](repository))
        return build(*arguments, **named)

    house.engine.build = taken_meanwhile  # type: ignore[method-assign]  # in the middle
    house.work()
    house.github.remove(repository)
    house.watch(60, every=10)
    assert house.serving() is None
    assert house.engine.containers == {}
    assert house.status(repository, sha) in {Status.CANCELED, Status.REMOVED}


def test_back_what_was_live_is_started_again_without_a_build(house: House) -> None:
    repository = begin(house)
    live, preview, built = house.serving(), house.serving("web-pr-1"), len(house.engine.orders)
    take(house, repository)
    house.github.restore(repository)
    house.tell(InstallationChanged(repository.installation_id))
    house.work()
    assert (house.serving(), house.serving("web-pr-1")) == (live, preview)
    assert len(house.engine.orders) == built
    assert gone(house, repository) is None

    rows = house.store.deployments.of_environment(repository.id, "production", 50)
    house.watch(620, every=20)
    assert house.store.deployments.of_environment(repository.id, "production", 50) == rows


def test_back_with_a_push_that_nobody_heard(house: House) -> None:
    repository = begin(house)
    take(house, repository)
    house.github.restore(repository)
    sha = house.commit(repository)
    house.watch(320, every=20)
    assert house.serving() == sha


def test_back_with_a_pull_request_that_was_closed_meanwhile(house: House) -> None:
    repository = begin(house)
    take(house, repository)
    house.github.restore(repository)
    house.github.close_pull(repository, 1)
    house.watch(380, every=20)
    assert house.serving("web-pr-1") is None
    assert house.left_of(repository, 1) == []


def test_a_late_webhook_revives_nothing(house: House) -> None:
    repository = begin(house)
    take(house, repository)
    house.tell(seen(repository))
    house.watch(20, every=5)
    assert gone(house, repository) == "the repository was deleted by octo"
    assert house.serving() is None


def test_a_webhook_of_one_that_is_back_has_github_asked(house: House) -> None:
    repository = begin(house)
    live = house.serving()
    take(house, repository)
    house.github.restore(repository)
    house.tell(seen(repository))
    house.work()
    assert house.serving() == live


@pytest.mark.parametrize("leave", ["remove", "archive"])
def test_not_listed_any_more_it_is_gone_without_a_word(house: House, leave: str) -> None:
    repository = begin(house)
    getattr(house.github, leave)(repository)
    house.watch(380, every=20)
    assert "no longer lists" in (gone(house, repository) or "")
    assert house.engine.containers == {}


def test_one_that_is_added_while_github_is_asked_is_not_taken_for_gone(house: House) -> None:
    begin(house)
    listing = house.github.repositories
    added: list[Repository] = []

    def asked() -> list[Repository]:
        found = list(listing())
        if not added:
            added.append(house.repository("octo/new"))
        return found

    house.github.repositories = asked  # type: ignore[method-assign]  # its webhook comes in the middle
    house.bell.catch_up()
    house.work()
    assert gone(house, added[0]) is None


def test_github_down_is_no_reason_to_stop_anything(house: House) -> None:
    repository = begin(house)
    live = house.serving()
    house.github.down()
    house.watch(320, every=20)
    house.github.up()
    assert gone(house, repository) is None
    assert house.serving() == live


def test_of_an_installation_with_the_router_down_all_go_in_the_end(house: House) -> None:
    first, second = begin(house), house.repository("octo/api")
    house.push(second, {"tidegate.yml": "services:\n  - name: api\n    type: web\n"})
    house.work()
    house.router.down = True
    for each in (first, second):
        house.github.remove(each)
    with pytest.raises(Unavailable):
        house.tell(InstallationGone(7, "the App was uninstalled by octo"))
    assert gone(house, first) == gone(house, second) == "the App was uninstalled by octo"
    house.watch(10, every=5)
    house.router.come_back()
    house.watch(60, every=10)
    assert house.engine.containers == {}
    assert house.router.table.hosts == {}


def test_a_worker_killed_while_it_starts_again_what_was_live_is_made_up_for(house: House) -> None:
    repository = begin(house)
    live = house.serving()
    take(house, repository)
    house.github.restore(repository)
    started = house.store.environments.started

    def killed(service_id: int, name: str) -> None:
        raise KeyboardInterrupt

    house.store.environments.started = killed  # type: ignore[method-assign]  # after the first place
    house.bell.catch_up()
    with pytest.raises(KeyboardInterrupt):
        house.work()
    house.store.environments.started = started  # type: ignore[method-assign]  # the next worker is well
    house.restart_worker()
    house.watch(320, every=20)
    assert (house.serving(), house.serving("web-pr-1") is not None) == (live, True)
