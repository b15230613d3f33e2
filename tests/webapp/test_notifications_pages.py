"""Who is told of what happens, set on the pages: without scripts, and with a webhook's secret shown once."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.tidegate.store.given import REPOSITORY, a_service
from tests.webapp.fake_github import FakeGitHub
from tests.webapp.house import PAGE, House, build
from tidegate.notification import Endpoint
from tidegate.permission import Permission
from tidegate.retry import Outcome
from tidegate.store.outgoing import Attempt

PATH = f"/repositories/{REPOSITORY.repository_id}/notifications"
HOOK = {"channel": "webhook", "address": "https://hooks.example.com/hush?key=hush", "wants": "all"}
SECRET = re.compile(r"whsec_[A-Za-z0-9+/=]+")


@dataclass
class Town:
    house: House
    grace: FlaskClient

    def read(self, path: str = PATH) -> str:
        return words(self.grace.get(path, headers=PAGE))

    def send(self, path: str, **form: str) -> TestResponse:
        return self.grace.post(path, data=form, headers=PAGE)

    @property
    def endpoints(self) -> list[Endpoint]:
        return self.house.store.endpoints.of_repository(REPOSITORY.repository_id)

    def hook(self) -> tuple[str, Endpoint]:
        """Where its pages are."""
        assert self.send(PATH, **HOOK).status_code == 201
        (made,) = self.endpoints
        return f"{PATH}/{made.id}", made

    def attempted(self, endpoint: Endpoint, outcome: Outcome, answered: str) -> None:
        """As a worker leaves it behind."""
        store, now = self.house.store.outgoing, datetime.now(UTC)
        (message,) = store.due(endpoint.id, 9, now)
        number = message.attempts + 1
        store.record(endpoint, message, Attempt(number, now, 0.25, outcome.ok, answered), outcome)


def words(answer: TestResponse) -> str:
    assert answer.status_code == 200, answer.text
    return " ".join(re.sub(r"<[^>]+>", " ", answer.text).split())


@pytest.fixture
def town(tmp_path: Path, github: FakeGitHub) -> Iterator[Town]:
    house = build(tmp_path, github=github)
    a_service(house.store)
    yield Town(house, house.signed_in("grace", {"acme/shop": Permission.MAINTAIN}))
    house.close()


def test_a_webhook_is_added_and_its_secret_shown_this_once(town: Town) -> None:
    assert "Nobody is told" in town.read()
    made = town.send(PATH, **HOOK)
    (endpoint,) = town.endpoints
    assert endpoint.secrets is not None
    assert SECRET.findall(made.text) == [endpoint.secrets.current]
    page = town.grace.get(PATH, headers=PAGE).text
    assert SECRET.findall(page) == []
    assert "https://hooks.example.com/…" in page
    assert "hush" not in page + made.text, "the path may be a secret, too"
    (entry,) = [each for _, each in town.house.store.audit.page(None, 9, None) if each.action == "notifications"]
    assert (entry.actor, entry.via) == ("grace", "page")


def test_a_new_secret_is_asked_for_once_and_the_old_one_signs_for_a_day(town: Town) -> None:
    one, before = town.hook()
    assert "for a day the one that there is now signs too" in town.read(f"{one}/secret").lower()
    renewed = town.send(f"{one}/secret")
    (after,) = town.endpoints
    assert before.secrets is not None
    assert after.secrets is not None
    assert SECRET.findall(renewed.text) == [after.secrets.current]
    assert after.secrets.previous == before.secrets.current
    assert "The one before it signs, too, until" in words(renewed)
    assert SECRET.findall(town.grace.get(PATH, headers=PAGE).text) == []


def test_what_one_is_told_is_changed_and_one_is_removed_after_a_question(town: Town) -> None:
    landed = town.send(PATH, channel="slack", address="https://hooks.slack.com/services/hush", wants="failures")
    assert (landed.status_code, landed.location) == (303, PATH)
    (slack,) = town.endpoints
    one = f"{PATH}/{slack.id}"
    assert "is told of what happens from now on" in town.read()
    assert town.grace.get(f"{one}/secret", headers=PAGE).status_code == 409, "it has none"
    assert town.send(one, wants="none").status_code == 303
    assert "is told of nothing from now on" in town.read()
    assert "<option selected>none</option>" in town.grace.get(PATH, headers=PAGE).text
    assert "Remove https://hooks.slack.com/…?" in town.read(f"{one}/remove")
    assert len(town.endpoints) == 1, "only asked"
    assert [town.send(f"{one}/remove").status_code for _ in range(2)] == [303, 303]
    assert town.endpoints == []


def test_e_mail_is_offered_where_there_is_a_mail_server(town: Town) -> None:
    assert "For e-mail the operator sets a mail server first" in town.read()
    refused = town.send(PATH, channel="email", address="team@example.com", wants="all")
    assert (refused.status_code, "no mail server" in refused.text) == (400, True)
    refused = town.send(PATH, **{**HOOK, "address": "file:///etc/passwd"})
    assert (refused.status_code, "begins with https://" in refused.text) == (400, True)
    assert town.endpoints == []


def test_a_test_is_sent_its_log_read_and_what_is_over_sent_again(town: Town) -> None:
    one, endpoint = town.hook()
    assert "Nothing was sent there yet" in town.read(f"{one}/deliveries")
    sent = town.send(f"{one}/test")
    assert (sent.status_code, sent.location) == (303, f"{one}/deliveries")
    log = town.read(f"{one}/deliveries")
    assert "notification.test Grace wants to see this arrive" in log
    assert "Pending due" in log
    assert "Send again" not in log, "it is still being tried"
    town.attempted(endpoint, Outcome(ok=True), "answered 204")
    log = town.read(f"{one}/deliveries")
    assert "Arrived" in log
    assert "0.2 s: answered 204" in log
    (message,) = town.house.store.outgoing.of_endpoint(endpoint.id, 9)
    again = town.send(f"{one}/deliveries/{message.id}")
    assert (again.status_code, again.location) == (303, f"{one}/deliveries")
    (message,) = town.house.store.outgoing.of_endpoint(endpoint.id, 9)
    assert (message.state, message.attempts) == ("pending", 1)
    assert town.send(f"{one}/deliveries/{message.id}").status_code == 404, "it is being tried"


def test_the_log_is_read_page_by_page(town: Town) -> None:
    one, endpoint = town.hook()
    sent = [town.house.store.outgoing.test(endpoint, "a test", "grace", datetime.now(UTC)) for _ in range(40)]
    first = town.grace.get(f"{one}/deliveries", headers=PAGE).text
    (older,) = re.findall(r'href="(\?before=\d+)"', first)
    second = town.grace.get(f"{one}/deliveries{older}", headers=PAGE).text
    assert re.findall(r"msg_\w+", first + second) == sent[::-1]
    assert "Older ones" not in second


def test_one_that_was_given_up_says_why_and_is_sent_to_again(town: Town) -> None:
    one, endpoint = town.hook()
    town.send(f"{one}/test")
    gone = Outcome(ok=False, disabled="it answered 410 Gone")
    town.attempted(endpoint, gone, "answered 410")
    page = town.read()
    assert "Given up It answered 410 Gone" in page
    assert "Send a test" not in page
    assert town.send(f"{one}/test").status_code == 409
    assert town.send(one, enabled="true").status_code == 303
    assert "Given up" not in town.read()
    (after,) = town.endpoints
    assert (after.disabled, after.wants) == (None, endpoint.wants)


def test_a_service_chooses_in_its_settings_and_the_repository_tells_of_it(town: Town) -> None:
    service = a_service(town.house.store)
    settings = f"/services/{service.id}/settings"
    assert '<option value="default" selected>' in town.grace.get(settings, headers=PAGE).text
    landed = town.send(f"/services/{service.id}/notifications", wants="failures")
    assert (landed.status_code, landed.location) == (303, settings)
    assert '<option value="failures" selected>' in town.grace.get(settings, headers=PAGE).text
    assert "web failures" in town.read().partition("Services of which something else is told")[2]
    town.send(f"/services/{service.id}/notifications", wants="default")
    assert "Services of which something else" not in town.read()
    assert town.house.store.endpoints.choices(REPOSITORY.repository_id) == {}


def test_who_may_not_is_offered_nothing(town: Town) -> None:
    service = a_service(town.house.store)
    bob = town.house.signed_in("bob", {"acme/shop": Permission.WRITE})
    settings = bob.get(f"/services/{service.id}/settings", headers=PAGE).text
    assert "takes the permission maintain" in settings.partition('id="notifications"')[2].partition("</section>")[0]
    assert PATH not in settings + bob.get(f"/services/{service.id}", headers=PAGE).text
    assert PATH in town.grace.get(f"/services/{service.id}", headers=PAGE).text
    one, _ = town.hook()
    for path in (PATH, f"{one}/deliveries", f"{one}/remove", f"{one}/secret"):
        assert bob.get(path, headers=PAGE).status_code == 403
    elsewhere = f"/repositories/5/notifications/{one.rpartition('/')[2]}/deliveries"
    assert town.grace.get(elsewhere, headers=PAGE).status_code == 404
