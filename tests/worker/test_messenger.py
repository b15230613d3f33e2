"""What happens is told to people's addresses: signed, in order, again and again until it arrives or is given up."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from standardwebhooks import Webhook

from tests.worker.house import DOCKERFILE, House
from tidegate.destination import Reach
from tidegate.notification import Channel, Endpoint, Wants
from tidegate.repository import Repository
from tidegate.retry import Answer
from tidegate.standardwebhooks import secret_of
from tidegate.store import open_store
from tidegate.subscription import endpoint as subscription

HOOK, CHAT, MAIL = "https://hooks.example.com/hush", "https://chat.example.com/hush", "team@example.com"
DOWN = Answer(ok=False, detail="503 Service Unavailable")


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(tmp_path)


def add(
    house: House,
    repository: Repository,
    channel: Channel = Channel.WEBHOOK,
    address: str = HOOK,
    wants: Wants = Wants.ALL,
    mark: bytes = b"k",
) -> Endpoint:
    made = subscription(
        repository.id,
        channel,
        address,
        wants,
        "ada",
        house.clock.now(),
        random=mark * 48,
        mails=True,
        reach=Reach(),
    )
    house.store.endpoints.add(made)
    return made


def types(house: House) -> list[str]:
    """What came at the webhook, in order."""
    return [json.loads(each.body)["type"] for each in house.courier.posted if each.url == HOOK]


def pass_time(house: House, **time: float) -> None:
    house.clock.advance(timedelta(**time).total_seconds())
    house.watch(1)


def test_a_deploy_is_told_in_order_with_a_signature_that_holds(house: House) -> None:
    repository = house.repository()
    secret = add(house, repository).secrets
    sha = house.push(repository)
    house.work()
    house.watch(1)
    assert types(house) == ["deploy.started", "deploy.live"]
    told = house.courier.posted[1]
    data = json.loads(told.body)["data"]
    row = house.row(repository, sha)
    assert (data["repository"], data["service"], data["sha"]) == ("octo/web", "web", sha)
    assert data["url"] == f"https://deploy.test/deployments/{row.id}"
    assert secret is not None
    judge = Webhook(secret.current)
    signed = judge.sign(told.headers["webhook-id"], house.clock.now(), told.body.decode())
    assert told.headers["webhook-signature"] == signed
    log = house.store.outgoing.of_endpoint("ep_" + (b"k" * 16).hex(), 10)
    assert [(each.state, [a.detail for a in each.log]) for each in log] == [("delivered", ["200 OK"])] * 2


def test_each_is_told_what_it_wants_and_a_service_may_say_else(house: House) -> None:
    repository = house.repository()
    add(house, repository, Channel.SLACK, CHAT, Wants.FAILURES, b"s")
    add(house, repository, Channel.EMAIL, MAIL, Wants.FAILURES, b"m")
    house.push(repository)
    house.work()
    house.push(repository, {"Dockerfile": f"{DOCKERFILE}RUN exit 1\n"})
    house.work()
    house.watch(1)
    (said,) = house.courier.posted
    (mailed,) = house.courier.mailed
    assert json.loads(said.body)["text"].startswith("*Deploy failed: octo/web web (production)*\n")
    assert "hush" not in repr(said.body)
    assert (mailed.address, mailed.subject) == (MAIL, "[Tidegate] Deploy failed: octo/web web (production)")
    assert "https://deploy.test/deployments/" in mailed.text

    house.store.endpoints.choose(repository.id, "web", Wants.NONE)
    house.push(repository, {"Dockerfile": f"{DOCKERFILE}RUN exit 2\n"})
    house.work()
    house.watch(1)
    assert (len(house.courier.posted), len(house.courier.mailed)) == (1, 1)


def test_another_repositorys_news_are_its_own(house: House) -> None:
    add(house, house.repository("octo/other"))
    repository = house.repository()
    house.push(repository)
    house.work()
    house.watch(1)
    assert house.courier.posted == []


def test_what_does_not_arrive_is_sent_again_under_its_id_and_later_news_wait_for_it(house: House) -> None:
    repository = house.repository()
    add(house, repository)
    house.courier.answers[HOOK] = DOWN
    house.push(repository)
    house.work()
    house.watch(1)
    assert types(house) == ["deploy.started"], "the address rests before anything else is tried"
    house.courier.answers[HOOK] = Answer(ok=True, detail="204 No Content")
    pass_time(house, seconds=6)
    assert sorted(types(house)[1:]) == ["deploy.live", "deploy.started"]
    ids = [each.headers["webhook-id"] for each in house.courier.posted]
    assert (len(ids), len(set(ids))) == (3, 2)
    stamps = {
        each.headers["webhook-timestamp"] for each in house.courier.posted if each.headers["webhook-id"] == ids[0]
    }
    assert len(stamps) == 2, "each attempt has its own time"


def test_an_address_that_nothing_reaches_for_days_is_given_up_and_others_hear_of_it(house: House) -> None:
    repository = house.repository()
    broken = add(house, repository)
    add(house, repository, Channel.SLACK, CHAT, Wants.FAILURES, b"s")
    house.courier.answers[HOOK] = DOWN
    house.push(repository)
    house.work()
    for _ in range(20):
        pass_time(house, hours=4)
    given_up = house.store.endpoints.get(broken.id)
    assert given_up is not None
    assert "503 Service Unavailable" in str(given_up.disabled)
    assert house.timeline(repository).count("notifications-off") == 1
    (said,) = [each for each in house.courier.posted if each.url == CHAT]
    assert "nothing has reached it since" in said.body.decode()
    assert "hush" not in said.body.decode()
    tried = len(types(house))
    house.push(repository)
    house.work()
    pass_time(house, days=1)
    assert len(types(house)) == tried, "nothing more is sent there"
    assert {each.state for each in house.store.outgoing.of_endpoint(broken.id, 10)} == {"failed"}

    house.store.endpoints.enable(broken.id)
    house.courier.answers[HOOK] = Answer(ok=True, detail="200 OK")
    (last, *_) = house.store.outgoing.of_endpoint(broken.id, 10)
    assert house.store.outgoing.again(broken.id, last.id, house.clock.now())
    house.watch(1)
    (last, *_) = house.store.outgoing.of_endpoint(broken.id, 10)
    assert last.state == "delivered"


def test_an_address_that_wants_no_more_gets_no_more(house: House) -> None:
    repository = house.repository()
    add(house, repository)
    house.courier.answers[HOOK] = Answer(ok=False, detail="410 Gone", gone=True)
    house.push(repository)
    house.work()
    house.watch(10)
    assert types(house) == ["deploy.started"]


def test_for_a_day_both_secrets_sign(house: House) -> None:
    repository = house.repository()
    made = add(house, repository)
    new = secret_of(b"n" * 32)
    assert house.store.endpoints.replace_secret(made.id, new, house.clock.now() + timedelta(days=1))
    house.store.outgoing.test(made, "a test", "ada", house.clock.now())
    house.watch(1)
    pass_time(house, days=1)
    house.store.outgoing.test(made, "a test", "ada", house.clock.now())
    house.watch(1)
    both, alone = (each.headers["webhook-signature"].split(" ") for each in house.courier.posted)
    assert (len(both), len(alone)) == (2, 1)


def test_a_messenger_that_is_killed_on_the_way_loses_nothing(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    repository = house.repository()
    made = add(house, repository)
    house.store.outgoing.test(made, "a test", "ada", house.clock.now())
    post = house.courier.post

    def killed(*told: object) -> Answer:
        post(*told)  # type: ignore[arg-type]  # as it was called
        raise KeyboardInterrupt

    monkeypatch.setattr(house.courier, "post", killed)
    with pytest.raises(KeyboardInterrupt):
        house.watch(1)
    monkeypatch.undo()
    house.restart_worker()
    pass_time(house, minutes=1)
    ids = [each.headers["webhook-id"] for each in house.courier.posted]
    assert (len(ids), len(set(ids))) == (2, 1), "told twice, and the receiver can tell"


def test_one_whose_address_was_taken_away_meanwhile(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    repository = house.repository()
    made = add(house, repository)
    house.store.outgoing.test(made, "a test", "ada", house.clock.now())

    def removed(*_: object) -> Answer:
        house.store.endpoints.delete(made.id)
        return DOWN

    monkeypatch.setattr(house.courier, "post", removed)
    house.watch(1)
    assert house.store.outgoing.of_endpoint(made.id, 10) == []


def test_what_was_sent_long_ago_is_forgotten(house: House) -> None:
    repository = house.repository()
    made = add(house, repository)
    for _ in range(2):
        house.store.outgoing.test(made, "a test", "ada", house.clock.now())
        house.watch(1)
        house.clock.advance(timedelta(days=20).total_seconds())
    house.bell.catch_up()
    house.work()
    assert len(house.store.outgoing.of_endpoint(made.id, 10)) == 1


def test_an_endpoint_that_no_key_opens_keeps_no_other_waiting(house: House) -> None:
    repository = house.repository()
    made = replace(add(house, repository), id="ep_other")
    fine = add(house, repository, Channel.SLACK, CHAT, mark=b"s")
    other = open_store(house.settings.database_url, ["a key that the workers do not have"])
    other.endpoints.add(made)
    other.close()
    house.store.outgoing.test(made, "a test", "ada", house.clock.now())
    house.store.outgoing.test(fine, "a test", "ada", house.clock.now())
    house.watch(1)
    assert [each.url for each in house.courier.posted] == [CHAT]
