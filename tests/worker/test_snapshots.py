"""What a deployment was started with stays its own: restarts, rollbacks and whoever takes it over run with that."""

from __future__ import annotations

import pytest

from tests.worker.house import PREVIEWED, WEB, House, Killed
from tidegate.deployment import Deployment, Fault, Status, Trigger
from tidegate.logs import MASK
from tidegate.repository import PRODUCTION, Repository
from tidegate.store import open_store

MODE = "    envVars:\n      - {key: MODE, value: %s}\n"


@pytest.fixture
def live(house: House) -> tuple[House, Repository, str]:
    """A first version that serves, which was started with a token that has changed since."""
    repository = house.repository()
    house.store.services.ensure(repository.id, "web", {})
    token(house, repository, "first token")
    sha = house.push(repository, {"tidegate.yml": WEB + MODE % "first"})
    house.work()
    token(house, repository, "second token")
    return house, repository, sha


def token(house: House, repository: Repository, value: str) -> None:
    service = house.store.services.by_name(repository.id, "web")
    assert service is not None
    house.store.variables.set(service.id, PRODUCTION, "TOKEN", value, "secret", house.clock.now())


def started(house: House, row: Deployment) -> tuple[str | None, str | None]:
    """Its instance's mode and token."""
    (found,) = [
        each.spec.environment
        for each in house.engine.containers.values()
        if each.spec.labels["tidegate.deployment"] == row.id
    ]
    return found.get("MODE"), found.get("TOKEN")


def press(house: House, repository: Repository, sha: str, trigger: Trigger) -> Deployment:
    """On the newest deployment of the commit; the one that comes of it."""
    house.press(repository, house.row(repository, sha), trigger)
    house.work()
    (made,) = house.store.deployments.page(None, 1)
    return made


def test_a_restart_takes_no_newer_variables(live: tuple[House, Repository, str]) -> None:
    house, repository, sha = live
    made = press(house, repository, sha, Trigger.RESTART)
    assert (made.trigger, made.status) == (Trigger.RESTART, Status.LIVE)
    assert started(house, made) == ("first", "first token")
    again = press(house, repository, sha, Trigger.RESTART)
    assert started(house, again) == ("first", "first token"), "a restart of a restart, too"


def test_a_redeploy_takes_todays(live: tuple[House, Repository, str]) -> None:
    house, repository, sha = live
    made = press(house, repository, sha, Trigger.REDEPLOY)
    assert started(house, made) == ("first", "second token")


def test_a_rollback_brings_the_old_variables_back(live: tuple[House, Repository, str]) -> None:
    house, repository, first = live
    second = house.push(repository, {"tidegate.yml": WEB + MODE % "second"})
    house.work()
    assert started(house, house.row(repository, second)) == ("second", "second token")
    made = press(house, repository, second, Trigger.ROLLBACK)
    assert (made.sha, made.status) == (first, Status.LIVE)
    assert started(house, made) == ("first", "first token")


def test_an_instance_that_vanished_is_made_anew_as_it_was(live: tuple[House, Repository, str]) -> None:
    house, repository, sha = live
    house.tend()
    house.engine.containers.clear()
    house.tend(120)
    assert house.serving() == sha
    assert started(house, house.row(repository, sha)) == ("first", "first token")


def test_whoever_takes_a_rollout_over_goes_on_with_what_it_began_with(
    live: tuple[House, Repository, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    house, repository, _ = live
    sha = house.push(repository)
    monkeypatch.setattr(house.engine, "start", _killed)
    with pytest.raises(Killed):
        house.work()
    monkeypatch.undo()
    house.bell.lose_all()
    token(house, repository, "third token")
    house.restart_worker()
    house.watch(60)
    assert house.serving() == sha
    assert started(house, house.row(repository, sha)) == ("first", "second token")


def _killed(*_: object) -> None:
    raise Killed


def test_secrets_of_before_are_masked_in_the_log(house: House) -> None:
    repository = house.repository()
    house.store.services.ensure(repository.id, "web", {})
    token(house, repository, "first token")
    sha = house.push(repository, {"tidegate.yml": WEB + "    preDeployCommand: echo it says $TOKEN\n"})
    house.work()
    token(house, repository, "second token")
    made = press(house, repository, sha, Trigger.RESTART)
    lines = [line.text for line in house.store.logs.tail(made.id, 100)]
    assert f"it says {MASK}" in lines
    assert not [line for line in lines if "token" in line]


def test_a_key_that_is_missing_fails_the_deploy_and_says_so(live: tuple[House, Repository, str]) -> None:
    house, repository, good = live
    stranger = open_store(house.settings.database_url, ["the key of somebody else"])
    service = house.store.services.by_name(repository.id, "web")
    assert service is not None
    stranger.variables.set(service.id, PRODUCTION, "OTHER", "x", "secret", house.clock.now())
    stranger.close()
    sha = house.push(repository)
    house.work()
    row = house.row(repository, sha)
    assert (row.status, row.fault) == (Status.FAILED, Fault.PLATFORM)
    assert "variable OTHER was encrypted with a key that is not in TIDEGATE_SECRET_KEY" in row.reason
    assert house.serving() == good


def test_a_preview_takes_its_snapshots_along_when_it_goes(house: House) -> None:
    repository = house.repository()
    house.push(repository, {"tidegate.yml": PREVIEWED})
    house.work()
    pull = house.open(repository)
    house.work()
    assert [each for each in house.left_of(repository, pull.number) if each.startswith("snapshot")]
    house.github.close_pull(repository, pull.number)
    house.changed(repository, pull.number)
    house.watch(200)
    assert house.left_of(repository, pull.number) == []
