"""Who is told of what happens, set by the API: shown without what may be secret, and tried out at once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from tests.tidegate.store.given import NOON, REPOSITORY, a_deployment, a_service
from tests.webapp.fake_github import FakeGitHub
from tests.webapp.house import House, build
from tidegate.deployment import Status
from tidegate.events import RepositorySeen
from tidegate.notification import Wants
from tidegate.permission import Permission

PATH = f"/api/v1/repositories/{REPOSITORY.repository_id}/notifications"
HOOK = {"channel": "webhook", "address": "https://hooks.example.com/hush?key=hush"}


@dataclass
class Town:
    house: House
    grace: FlaskClient


@pytest.fixture
def town(tmp_path: Path, github: FakeGitHub) -> Iterator[Town]:
    told = {
        "TIDEGATE_SMTP_URL": "smtp://mail",
        "TIDEGATE_MAIL_FROM": "t@example.com",
        "TIDEGATE_HOSTS": "there ssh://root@203.0.114.9",
    }
    house = build(tmp_path, github=github, told=told)
    a_service(house.store)
    yield Town(house, house.signed_in("grace", {"acme/shop": Permission.MAINTAIN}))
    house.close()


def test_one_is_added_shown_changed_and_removed(town: Town) -> None:
    made = town.grace.post(PATH, json=HOOK)
    assert made.status_code == 201, made.text
    told = made.get_json()
    assert told.pop("secret").startswith("whsec_")
    assert (told["address"], told["wants"], told["created_by"]) == ("https://hooks.example.com/…", "all", "grace")
    listed = town.grace.get(PATH)
    assert listed.get_json() == {"endpoints": [told]}
    assert "hush" not in listed.text + made.text
    assert "whsec_" not in listed.text, "shown once"

    one = f"{PATH}/{told['id']}"
    assert town.grace.put(one, json={"wants": "failures"}).get_json()["wants"] == "failures"
    renewed = town.grace.post(f"{one}/secret").get_json()
    kept = town.house.store.endpoints.get(told["id"])
    assert kept is not None
    assert kept.secrets is not None
    assert kept.secrets.current == renewed["secret"]
    assert kept.secrets.previous is not None
    assert [town.grace.delete(one).status_code for _ in range(2)] == [200, 200]
    assert town.grace.get(PATH).get_json() == {"endpoints": []}
    entries = town.house.store.timeline.of_repository(REPOSITORY.repository_id, 50)
    assert [each.actor for each in entries if each.kind == "notifications-changed"] == ["grace"] * 4
    assert "hush" not in repr(entries)


def test_a_test_is_due_at_once_and_its_log_can_be_read(town: Town) -> None:
    one = f"{PATH}/{town.grace.post(PATH, json=HOOK).get_json()['id']}"
    asked = town.grace.post(f"{one}/test")
    assert asked.status_code == 202
    (told,) = town.grace.get(f"{one}/deliveries").get_json()["deliveries"]
    assert (told["id"], told["type"]) == (asked.get_json()["message"], "notification.test")
    assert (told["state"], told["attempts"]) == ("pending", [])
    pending = town.grace.post(f"{one}/deliveries/{told['id']}")
    assert (pending.status_code, "still being tried" in pending.text) == (404, True)


def test_the_log_is_read_part_by_part(town: Town) -> None:
    one = f"{PATH}/{town.grace.post(PATH, json=HOOK).get_json()['id']}"
    sent = [town.grace.post(f"{one}/test").get_json()["message"] for _ in range(5)]
    read, query = list[str](), {"limit": 2}
    for left in (3, 1, 0):
        part = town.grace.get(f"{one}/deliveries", query_string=query).get_json()
        read += [each["id"] for each in part["deliveries"]]
        assert (part["next"] is not None) is (left > 0)
        query["before"] = part["next"]
    assert read == sent[::-1]


def test_a_service_may_want_something_else(town: Town) -> None:
    service = a_service(town.house.store)
    path = f"/api/v1/services/{service.id}/notifications"
    town.grace.post(PATH, json=HOOK)
    assert town.grace.get(path).get_json() == {"wants": "default"}
    assert town.grace.put(path, json={"wants": "none"}).get_json() == {"wants": "none"}
    a_deployment(town.house.store, service, 1, Status.SKIPPED)
    assert town.grace.put(path, json={"wants": "default"}).get_json() == {"wants": "default"}
    a_deployment(town.house.store, service, 2, Status.SKIPPED)
    (endpoint,) = town.house.store.endpoints.of_repository(REPOSITORY.repository_id)
    (told,) = town.house.store.outgoing.of_endpoint(endpoint.id, 10)
    assert told.entry.sha == f"{2:040x}"
    assert town.house.store.endpoints.choices(REPOSITORY.repository_id) == {}


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({}, "Say `channel`"),
        ({"channel": "slack"}, "Say `address`"),
        ({"channel": "pigeon", "address": "x"}, "`webhook`, `slack`, `email`"),
        ({"channel": "webhook", "address": "file:///etc/passwd"}, "begins with https://"),
        ({"channel": "webhook", "address": "http://127.0.0.1:9/x"}, "can allow it by TIDEGATE_NOTIFY_NETWORKS"),
        ({"channel": "slack", "address": "http://example.com/x"}, "isn't https"),
        ({"channel": "slack", "address": "https://203.0.114.9/"}, "which is our own"),
        ({"channel": "slack", "address": "https://user:hush@example.com/"}, "user and password"),
        ({"channel": "email", "address": "nobody"}, "no e-mail address"),
        ({**HOOK, "wants": "everything"}, "`all`, `failures`, `none`"),
        ({**HOOK, "event": "push"}, "no parameter `event`"),
    ],
)
def test_what_cannot_be_added_says_what_to_write(town: Town, body: dict[str, str], said: str) -> None:
    answer = town.grace.post(PATH, json=body)
    assert (answer.status_code, said in answer.get_json()["detail"]) == (400, True), answer.text
    assert town.house.store.endpoints.of_repository(REPOSITORY.repository_id) == []


def test_e_mail_has_no_secret_and_there_is_an_end_to_addresses(town: Town) -> None:
    made = town.grace.post(PATH, json={"channel": "email", "address": "team@example.com", "wants": Wants.FAILURES})
    assert made.get_json()["address"] == "team@example.com"
    refused = town.grace.post(f"{PATH}/{made.get_json()['id']}/secret")
    assert (refused.status_code, "Only a webhook" in refused.text) == (409, True)
    codes = [town.grace.post(PATH, json=HOOK).status_code for _ in range(20)]
    assert codes == [201] * 19 + [409]


def test_another_repositorys_address_is_none_of_theirs(town: Town) -> None:
    made = town.grace.post(PATH, json=HOOK).get_json()["id"]
    other = RepositorySeen(700_000_000_008, 8, "acme", "tool", "main", private=True)
    town.house.store.repositories.see(other, NOON)
    path = f"/api/v1/repositories/700000000008/notifications/{made}"
    assert town.grace.get(f"{path}/deliveries").status_code == 404
    assert town.grace.delete(path).status_code == 404
    assert town.house.store.endpoints.get(made) is not None
