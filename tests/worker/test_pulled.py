"""Prebuilt images that were fetched for a service are cleaned up; nobody else's are."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.fakes.engine import FakeImage
from tests.worker.house import House
from tests.worker.test_prebuilt import FILE, NAMED, RUNS, hook
from tidegate.repository import Repository
from tidegate.retention import Kind
from worker.survey import survey

DAY = 86400


@pytest.fixture
def house(tmp_path: Path) -> House:
    """Two images of each place are kept; its registry has six."""
    made = House(tmp_path, TIDEGATE_KEEP_IMAGES="2")
    made.engine.registry = {f"{NAMED}:{each}": FakeImage(f"sha256:{each:064x}", RUNS, {}) for each in range(1, 7)}
    return made


def digest(number: int) -> str:
    return f"{NAMED}@sha256:{number:064x}"


def deploy(house: House, repository: Repository, *numbers: int) -> None:
    for number in numbers:
        assert hook(house, repository.id, f"r{number}-{house.clock.now()}", f"{NAMED}:{number}") == 201
        house.work()
        house.watch(90, every=30)


@pytest.fixture
def repository(house: House) -> Repository:
    made = house.repository()
    house.push(made, {"tidegate.yml": FILE})
    house.work()
    return made


def there(house: House) -> set[str]:
    return {name for name in house.engine.images if "@" in name}


def test_the_last_that_were_live_stay_and_a_dry_run_tells_which(house: House, repository: Repository) -> None:
    deploy(house, repository, 1, 2, 3, 4)
    house.clock.advance(DAY)
    told = {
        item.name: item.verdict for item in survey(house.parts, house.settings.retention) if item.kind is Kind.PULLED
    }
    assert {name for name, verdict in told.items() if verdict.go} == {digest(1), digest(2)}
    assert there(house) == {digest(each) for each in (1, 2, 3, 4)}
    house.clean()
    assert there(house) == {digest(3), digest(4)}
    assert house.clean() == [], "doing it twice does it once"


def test_what_was_there_before_is_somebody_elses(house: House, repository: Repository) -> None:
    house.engine.images[digest(1)] = house.engine.registry[f"{NAMED}:1"]
    deploy(house, repository, 1, 2, 3, 4)
    house.engine.images["mine:latest"] = house.engine.registry[f"{NAMED}:2"]
    house.clock.advance(DAY)
    house.clean()
    assert there(house) == {digest(each) for each in (1, 2, 3, 4)}


def test_one_that_a_container_has_stays_and_goes_later(
    house: House, repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    deploy(house, repository, 1, 2, 3)
    house.clock.advance(DAY)
    with monkeypatch.context() as patched:
        patched.setattr(house.engine, "remove_pulled", lambda _: None)
        assert house.clean() == []
    house.clean()
    assert there(house) == {digest(2), digest(3)}


def test_who_fetches_it_while_it_is_cleaned_up_has_it(
    house: House, repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    deploy(house, repository, 1, 2, 3)
    house.clock.advance(DAY)
    pull: Any = house.engine.pull

    def cleaned_after(*told: object) -> tuple[str, str]:
        found: tuple[str, str] = pull(*told)
        monkeypatch.setattr(house.engine, "pull", pull)
        house.clean()
        assert digest(1) not in there(house)
        return found

    monkeypatch.setattr(house.engine, "pull", cleaned_after)
    deploy(house, repository, 1)
    row = house.store.deployments.live(1, "production")
    assert row is not None
    assert row.image == digest(1)
    assert digest(1) in there(house)
