"""An address may be told of each switch; that it fails is told, and fails nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.worker.house import DOCKERFILE, WEB, House
from tidegate.deployment import Status
from worker.ports import Reading

ADDRESS = "https://cdn.example.com/purge?key=hush-hush"


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(tmp_path, TIDEGATE_PURGE_URL=ADDRESS)


def steps(house: House, deployment: str) -> dict[str, str | None]:
    return {phase.step: phase.outcome for phase in house.store.phases.of(deployment)}


def test_it_is_told_what_is_live_now(house: House) -> None:
    repository = house.repository()
    sha = house.push(repository)
    house.work()
    told = {"repository": "octo/web", "service": "web", "environment": "production"}
    assert house.caller.told == [(ADDRESS, {**told, "sha": sha, "url": "https://web.apps.test"})]
    assert steps(house, house.row(repository, sha).id)["purge"] == "ok"


def test_a_failure_is_an_event_and_the_deploy_is_live(house: House) -> None:
    house.caller.answer = Reading(ok=False, detail="503 Service Unavailable")
    repository = house.repository()
    sha = house.push(repository)
    house.work()
    row = house.row(repository, sha)
    assert row.status is Status.LIVE
    assert steps(house, row.id)["purge"] == "failed"
    entries = house.store.timeline.of_repository(repository.id, 500)
    (entry,) = (each for each in entries if each.kind == "purge-failed")
    assert "503 Service Unavailable" in entry.text
    assert "hush" not in repr(entries) + repr(house.store.phases.of(row.id))


def test_nobody_is_told_of_what_does_not_come_live_or_has_no_address(house: House) -> None:
    repository = house.repository()
    house.push(repository, {"Dockerfile": f"{DOCKERFILE}RUN exit 1\n"})
    house.work()
    sha = house.push(repository, {"Dockerfile": DOCKERFILE, "tidegate.yml": WEB.replace("type: web", "type: private")})
    house.work()
    assert house.status(repository, sha) is Status.LIVE
    assert house.caller.told == []
