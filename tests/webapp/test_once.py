"""`Idempotency-Key`: whoever asks again, not knowing what came of it, has it done once."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from werkzeug.test import TestResponse

from tests.tidegate.store.given import a_service
from tests.webapp.house import House, build
from tidegate.permission import Permission
from webapp.parts import KEY

ADMIN = {"acme/shop": Permission.ADMIN}
TOKENS = "/api/v1/tokens"


def made(house: House) -> int:
    return len(house.store.api_tokens.all())


def key(value: str = "k1") -> dict[str, str]:
    return {"Idempotency-Key": value}


def test_the_same_request_is_done_once_and_answered_twice(open_house: House) -> None:
    client = open_house.signed_in("ada", ADMIN)
    first, again = (client.post(TOKENS, json={"name": "ci"}, headers=key()) for _ in range(2))
    assert first.status_code == 201
    assert (again.status_code, again.content_type, again.data) == (201, first.content_type, first.data)
    assert made(open_house) == 1
    assert client.post(TOKENS, json={"name": "ci"}, headers=key("k2")).status_code == 201
    assert client.post(TOKENS, json={"name": "ci"}).status_code == 201
    assert made(open_house) == 3


def test_a_refusal_is_answered_again_too(open_house: House) -> None:
    client = open_house.signed_in("ada", ADMIN)
    first, again = (client.post(TOKENS, json={"name": ""}, headers=key()) for _ in range(2))
    assert (first.status_code, first.content_type) == (400, "application/problem+json")
    assert (again.status_code, again.content_type, again.data) == (400, first.content_type, first.data)


@pytest.mark.parametrize(
    ("path", "body"), [(TOKENS, {"name": "other"}), (f"{TOKENS}?days=7", {"name": "ci"}), ("{service}/restart", {})]
)
def test_another_request_with_the_same_key_is_refused(open_house: House, path: str, body: dict[str, str]) -> None:
    service = a_service(open_house.store)
    client = open_house.signed_in("ada", ADMIN)
    assert client.post(TOKENS, json={"name": "ci"}, headers=key()).status_code == 201
    answer = client.post(path.format(service=f"/api/v1/services/{service.id}"), json=body, headers=key())
    assert (answer.status_code, answer.content_type) == (422, "application/problem+json")
    assert made(open_house) == 1


def test_nobody_gets_anothers_answer(open_house: House) -> None:
    ada, bob = open_house.signed_in("ada", ADMIN), open_house.signed_in("bob", ADMIN)
    first, second = (client.post(TOKENS, json={"name": "ci"}, headers=key()) for client in (ada, bob))
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.get_json()["token"] != second.get_json()["token"]


def test_it_outlives_the_server(open_house: House, tmp_path: Path) -> None:
    client = open_house.signed_in("ada", ADMIN)
    first = client.post(TOKENS, json={"name": "ci"}, headers=key())
    cookie = client.get_cookie("tidegate")
    assert cookie is not None
    later = build(tmp_path, github=open_house.github)
    other = later.client()
    other.set_cookie("tidegate", cookie.value)
    assert other.post(TOKENS, json={"name": "ci"}, headers=key()).data == first.data
    later.close()


def test_of_twins_one_does_it(open_house: House) -> None:
    """The first is held while it is carried out; meanwhile its twin comes."""
    service = a_service(open_house.store)
    client, twin = open_house.signed_in("ada", ADMIN), open_house.signed_in("ada", ADMIN)
    begun, go_on, orders = threading.Event(), threading.Event(), []
    workers = open_house.app.extensions[KEY].workers
    workers.patience, put = 0.0, workers._put

    def held(delivery: object) -> None:
        orders.append(delivery)
        begun.set()
        assert go_on.wait(30)
        put(delivery)

    workers._put = held
    answers: list[TestResponse] = []
    path = f"/api/v1/services/{service.id}/restart"
    first = threading.Thread(target=lambda: answers.append(client.post(path, headers=key())))
    first.start()
    assert begun.wait(30)
    second = twin.post(path, headers=key())
    go_on.set()
    first.join()
    assert (second.status_code, second.headers["Retry-After"]) == (409, "1")
    assert answers[0].status_code == 202
    assert twin.post(path, headers=key()).data == answers[0].data
    assert len(orders) == 1


def test_what_failed_for_our_fault_may_be_asked_again(open_house: House) -> None:
    service = a_service(open_house.store)
    client = open_house.signed_in("ada", ADMIN)
    assert open_house.github is not None
    path = f"/api/v1/services/{service.id}/deploy-hook"
    open_house.github.down = True
    assert client.post(path, headers=key()).status_code == 502
    open_house.github.down = False
    assert client.post(path, headers=key()).status_code == 201


@pytest.mark.parametrize("value", ["x" * 256, "tab\there", "é"])
def test_what_is_no_key_is_refused(open_house: House, value: str) -> None:
    client = open_house.signed_in("ada", ADMIN)
    assert client.post(TOKENS, json={"name": "ci"}, headers=key(value)).status_code == 400
    assert made(open_house) == 0
