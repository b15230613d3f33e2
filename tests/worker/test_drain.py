"""Stored webhooks: handled once each whoever handles them, never lost, never in each other's way."""

from __future__ import annotations

import json

import pytest

from tests.worker.house import GATED, House, Killed
from tidegate.deployment import Status
from tidegate.repository import Delivery, Repository
from worker import drain, intake


def delivery(house: House, repository: Repository, event: str, body: dict[str, object], guid: str) -> Delivery:
    whole = {
        "repository": {
            "id": repository.id,
            "name": repository.name,
            "full_name": repository.full_name,
            "private": True,
            "default_branch": "main",
            "owner": {"login": repository.owner},
        },
        "installation": {"id": repository.installation_id},
        "sender": {"login": "octo"},
        **body,
    }
    return Delivery(guid, event, json.dumps(whole).encode(), house.clock.now())


def pushed(house: House, repository: Repository, sha: str, guid: str = "p1") -> Delivery:
    return delivery(house, repository, "push", {"ref": "refs/heads/main", "before": "0" * 40, "after": sha}, guid)


def checked(house: House, repository: Repository, sha: str, guid: str) -> Delivery:
    run = {"head_sha": sha, "app": {"id": 15368}, "name": "test", "status": "completed"}
    return delivery(house, repository, "check_run", {"action": "completed", "check_run": run}, guid)


def test_one_drain_serves_a_burst_and_reads_the_checks_once(house: House) -> None:
    repository = house.repository()
    sha = house.commit(repository, {"tidegate.yml": GATED})
    house.github.check(repository, sha, "success", at=house.clock.now())
    burst = [pushed(house, repository, sha), *(checked(house, repository, sha, f"c{n}") for n in range(30))]
    house.store.deliveries.put(burst)
    house.github.calls.clear()
    assert drain.drain(house.parts) == 31
    assert house.github.calls["checks"] <= 2
    house.watch(6)
    assert house.status(repository, sha) is Status.LIVE


def test_a_redelivery_of_what_was_handled_does_nothing(house: House) -> None:
    repository = house.repository()
    sha = house.commit(repository)
    house.store.deliveries.put([pushed(house, repository, sha)])
    drain.drain(house.parts)
    house.store.deliveries.put([pushed(house, repository, sha)])
    assert drain.drain(house.parts) == 0


def test_killed_between_claim_and_handled_it_is_handled_by_the_next(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    repository = house.repository()
    sha = house.commit(repository)
    house.store.deliveries.put([pushed(house, repository, sha)])

    def killed(*_: object) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(intake, "handle", killed)
        with pytest.raises(Killed):
            drain.drain(house.parts)
    assert drain.drain(house.parts) == 0, "it is still the other's"
    house.watch(22)
    assert house.status(repository, sha) is Status.LIVE


def test_github_down_postpones_the_delivery(house: House) -> None:
    repository = house.repository()
    sha = house.commit(repository)
    house.store.deliveries.put([pushed(house, repository, sha)])
    house.github.down()
    drain.drain(house.parts)
    assert house.store.deliveries.seen("p1") == "pending"
    house.github.up()
    house.watch(8)
    assert house.status(repository, sha) is Status.LIVE


@pytest.mark.parametrize("body", [b"", b"null", b"[]", b'"x"', b"{}", b'{"repository": 7}', b"\xff"])
def test_what_makes_no_sense_is_put_aside_and_the_rest_is_served(house: House, body: bytes) -> None:
    repository = house.repository()
    sha = house.commit(repository)
    house.store.deliveries.put([Delivery("odd", "push", body, house.clock.now()), pushed(house, repository, sha)])
    drain.drain(house.parts)
    house.work()
    assert house.status(repository, sha) is Status.LIVE


def test_a_lost_webhook_is_found_by_the_sweep(house: House) -> None:
    repository = house.repository()
    sha = house.commit(repository)
    house.watch(310, every=10)
    assert house.status(repository, sha) is Status.LIVE
