"""A script calls a service's deploy hook: what it may say, what becomes of it, and who is turned away."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from http import HTTPStatus
from pathlib import Path
from typing import Any

import pytest
from werkzeug.test import TestResponse

from tests.tidegate.store.given import NOON, REPOSITORY, a_service
from tests.webapp.beside import beside, working
from tests.webapp.house import NO_REDIS, House, build
from tests.webapp.product import redis_server
from tests.worker.house import House as WorkersHouse
from tidegate import payloads
from tidegate.deployment import Trigger
from tidegate.events import HookCalled
from tidegate.freeze import Freeze
from tidegate.repository import PRODUCTION, Repository
from webapp.deploy_hook import CALLS, SECONDS
from webapp.parts import KEY

RANDOM = "r" * 43
IMAGE = "services:\n  - name: web\n    type: web\n    runtime: image\n    image:\n      url: registry.test/app:1\n"


def hooked(house: House, key: str = RANDOM) -> str:
    """The path of a hook whose answer nobody waits for."""
    house.app.extensions[KEY].workers.patience = 0.0
    service = a_service(house.store)
    house.store.hooks.put(service.id, f"{service.id}-{key}", "grace", NOON)
    return f"/hooks/deploy/{service.id}-{key}"


def asked(house: House) -> list[HookCalled]:
    """What a worker will read of the calls that were kept."""
    kept = house.store.deliveries.claim(100, "reader", 60, datetime.now(UTC))
    events = [event for each in kept for event in payloads.parse(each.event, json.loads(each.body), own_app_id=1)]
    return [event for event in events if isinstance(event, HookCalled)]


def problem(answer: TestResponse) -> str:
    assert answer.content_type == "application/problem+json", answer.text
    detail = answer.get_json()["detail"]
    assert isinstance(detail, str)
    return detail


# What can be said


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ({}, (None, None, False)),
        ({"ref": "v1.2"}, ("v1.2", None, False)),
        ({"imageUrl": "registry.test/app:2"}, (None, "registry.test/app:2", False)),
        ({"clearCache": "true"}, (None, None, True)),
        ({"clearCache": "clear"}, (None, None, True)),
        ({"clearCache": "do_not_clear"}, (None, None, False)),
        ({"clearCache": "False"}, (None, None, False)),
        ({"ref": "main", "imageUrl": "app@sha256:" + "a" * 64}, ("main", "app@sha256:" + "a" * 64, False)),
    ],
)
@pytest.mark.parametrize("way", ["GET", "query of a POST", "form", "json"])
def test_parameters_are_told_in_any_way(
    house: House, way: str, told: dict[str, str], expected: tuple[str | None, str | None, bool]
) -> None:
    path, client = hooked(house), house.client()
    answer = {
        "GET": lambda: client.get(path, query_string=told),
        "query of a POST": lambda: client.post(path, query_string=told),
        "form": lambda: client.post(path, data=told),
        "json": lambda: client.post(path, json=told),
    }[way]()
    assert answer.status_code == HTTPStatus.ACCEPTED, answer.text
    (event,) = asked(house)
    assert (event.ref, event.image_url, event.clear_cache) == expected
    assert event.repository_id == REPOSITORY.repository_id
    assert event.request_id == answer.get_json()["request"]


def test_json_may_say_true_and_null(house: House) -> None:
    path = hooked(house)
    assert house.client().post(path, json={"clearCache": True, "ref": None}).status_code == 202
    (event,) = asked(house)
    assert (event.ref, event.clear_cache) == (None, True)


@pytest.mark.parametrize(
    ("options", "status", "said"),
    [
        ({"query_string": "branch=main"}, 400, "There is no parameter `branch`"),
        ({"query_string": "imgURL=app:2"}, 400, "ref, imageUrl, clearCache"),
        ({"query_string": "ref=main&ref=other"}, 400, "`ref` is told twice"),
        ({"query_string": "ref=main", "json": {"ref": "main"}}, 400, "`ref` is told twice"),
        ({"query_string": "ref="}, 400, "`ref` is a branch, a tag or a commit"),
        ({"query_string": {"ref": "a\nb"}}, 400, "`ref` is a branch"),
        ({"query_string": {"ref": "a" * 256}}, 400, "at most 255 characters"),
        ({"json": {"ref": 1234567}}, 400, "`ref` is text"),
        ({"json": {"ref": True}}, 400, "`ref` is a branch"),
        ({"json": ["main"]}, 400, "no JSON object"),
        ({"data": "{", "content_type": "application/json"}, 400, "no JSON object"),
        ({"query_string": "clearCache=maybe"}, 400, "true, clear, false, do_not_clear"),
        ({"query_string": "imageUrl=https://registry.test/app"}, 400, "Write `registry.test/app`"),
        ({"query_string": "imageUrl=app@sha256:12"}, 400, "64 hexadecimal digits"),
        ({"data": "ref: main", "content_type": "text/yaml"}, 415, "as a form, or as JSON"),
        ({"data": "ref=" + "a" * 20_000, "content_type": "application/x-www-form-urlencoded"}, 413, "exceeds"),
    ],
)
def test_what_cannot_be_meant_is_refused_with_what_to_write(
    house: House, options: dict[str, Any], status: int, said: str
) -> None:
    answer = house.client().post(hooked(house), **options)
    assert answer.status_code == status, answer.text
    assert said in problem(answer)
    assert asked(house) == []


# Who is turned away


@pytest.mark.parametrize("key", ["1", f"1-{'x' * 43}", f"2-{RANDOM}", f"1-{RANDOM}x", f"9{'9' * 30}-{RANDOM}", "é-%00"])
def test_a_wrong_key_is_refused_whatever_is_wrong_with_it(house: House, key: str) -> None:
    hooked(house)
    told = [house.client().get(f"/hooks/deploy/{each}?nonsense=1") for each in (key, "0-none")]
    assert [each.status_code for each in told] == [403, 403]
    assert told[0].data == told[1].data, "not even whether there is such a service"
    assert problem(told[0])
    assert asked(house) == []


def test_once_the_key_is_made_anew_the_old_one_is_refused(house: House) -> None:
    old = hooked(house)
    new = hooked(house, "n" * 43)
    assert house.client().get(old).status_code == 403
    assert house.client().get(new).status_code == 202


def test_looking_whether_the_link_is_good_deploys_nothing(house: House) -> None:
    path, client = hooked(house), house.client()
    for answer in (client.head(path), client.put(path), client.delete(path)):
        assert answer.status_code == HTTPStatus.METHOD_NOT_ALLOWED
        assert "POST" in answer.headers["Allow"]
    assert client.options(path).status_code == 200
    assert asked(house) == []


def test_no_cookie_and_no_origin_are_asked_for(house: House) -> None:
    """The key is the proof."""
    assert house.client().post(hooked(house), headers={"Origin": "https://ci.test"}).status_code == 202


# How often


@pytest.fixture(params=["with Redis", "without Redis"])
def counting(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[House]:
    if request.param == "without Redis":
        house = build(tmp_path, NO_REDIS)
        yield house
        house.close()
        return
    with redis_server(tmp_path) as url:
        house = build(tmp_path, url)
        yield house
        house.close()


def test_ten_a_minute_for_each_service(counting: House) -> None:
    path, client = hooked(counting), counting.client()
    assert [client.get(path).status_code for _ in range(CALLS)] == [202] * CALLS
    refused = client.post(path)
    assert refused.status_code == HTTPStatus.TOO_MANY_REQUESTS
    assert 1 <= int(refused.headers["Retry-After"]) <= SECONDS
    assert f"Call it again in {refused.headers['Retry-After']} s" in problem(refused)
    assert len(asked(counting)) == CALLS
    other = a_service(counting.store, "api")
    counting.store.hooks.put(other.id, f"{other.id}-{RANDOM}", "grace", NOON)
    assert client.get(f"/hooks/deploy/{other.id}-{RANDOM}").status_code == 202
    assert client.get(f"/hooks/deploy/{other.id}-{'x' * 43}").status_code == 403, "which costs nobody a call"


# What becomes of it


@pytest.fixture
def both(tmp_path: Path) -> Iterator[tuple[House, WorkersHouse]]:
    web = build(tmp_path)
    with beside(tmp_path) as workers:
        yield web, workers
    web.close()


def hook_of(workers: WorkersHouse, files: dict[str, str | None] | None = None) -> tuple[Repository, str, str]:
    """A repository that was pushed to, the commit, and its service's hook."""
    repository = workers.repository()
    sha = workers.push(repository, files)
    service = workers.store.services.by_name(repository.id, "web")
    assert service is not None
    key = f"{service.id}-{RANDOM}"
    workers.store.hooks.put(service.id, key, "grace", NOON)
    return repository, sha, f"/hooks/deploy/{key}"


def test_it_deploys_and_says_what(both: tuple[House, WorkersHouse]) -> None:
    web, workers = both
    repository, first, path = hook_of(workers)
    latest = workers.commit(repository)
    with working(workers):
        made = web.client().get(path)
        older = web.client().post(path, json={"ref": first[:12], "clearCache": "clear"})
    assert (made.status_code, older.status_code) == (201, 201)
    told, again = made.get_json(), older.get_json()
    assert (told["sha"], again["sha"]) == (latest, first)
    assert told["url"] == f"{web.url}/deployments/{told['deployment']}"
    rows = [workers.store.deployments.get(each["deployment"]) for each in (told, again)]
    assert [(row.actor, row.trigger, row.clear_cache) for row in rows if row] == [
        ("deploy hook", Trigger.HOOK, False),
        ("deploy hook", Trigger.HOOK, True),
    ]


def test_what_there_is_not_is_not_found(both: tuple[House, WorkersHouse]) -> None:
    web, workers = both
    _, _, path = hook_of(workers)
    with working(workers):
        answer = web.client().get(f"{path}?ref=nowhere")
    assert answer.status_code == 404
    assert problem(answer) == "There is no branch, tag or commit `nowhere`."


def test_another_image_than_the_services_is_refused(both: tuple[House, WorkersHouse]) -> None:
    web, workers = both
    _, _, path = hook_of(workers, {"tidegate.yml": IMAGE})
    with working(workers):
        other = web.client().get(f"{path}?imageUrl=registry.test/other:2")
        newer = web.client().get(f"{path}?imageUrl=registry.test/app:2&ref=main")
    assert other.status_code == 400
    assert "`imageUrl` may differ from `registry.test/app:1` in its tag or digest only" in problem(other)
    assert newer.status_code == 201
    row = workers.store.deployments.get(newer.get_json()["deployment"])
    assert row is not None
    assert "registry.test/app:2" in str(row.definition)


def test_a_freeze_says_by_whom_and_where_to_look(both: tuple[House, WorkersHouse]) -> None:
    web, workers = both
    repository, _, path = hook_of(workers)
    workers.store.freezes.put(Freeze(repository.id, None, PRODUCTION, "release week", "ada", NOON))
    with working(workers):
        answer = web.client().get(path)
    assert answer.status_code == 409
    assert "frozen by ada since 2026-03-01 12:00 UTC: release week" in problem(answer)
    told = answer.get_json()
    assert told["url"] == f"{web.url}/deployments/{told['deployment']}"


def test_when_no_worker_answers_in_time_it_goes_on_and_is_carried_out_later(both: tuple[House, WorkersHouse]) -> None:
    web, workers = both
    _, sha, path = hook_of(workers)
    web.app.extensions[KEY].workers.patience = 0.1
    answer = web.client().get(path)
    assert answer.status_code == 202
    told = answer.get_json()
    assert told["detail"] == "It is still being looked at."
    assert told["url"].startswith(f"{web.url}/services/")
    with working(workers):
        web.app.extensions[KEY].workers.patience = 10.0
        web.client().get(path)
    late = workers.store.answers.get(told["request"])
    assert late is not None
    assert (late.status, late.body["sha"]) == (201, sha)
