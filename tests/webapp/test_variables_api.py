"""Variables set, seen and removed by the API, and deployed by a real worker beside it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from tests.webapp import fake_github
from tests.webapp.beside import beside, working
from tests.webapp.fake_github import FakeGitHub
from tests.webapp.house import build
from tests.worker.house import House as WorkersHouse
from tidegate.deployment import Trigger
from tidegate.permission import Permission
from webapp.parts import KEY

FULL_NAME = "octo/web"


class Both:
    """The web app and a worker on one store, with a service that was pushed; grace may change its variables."""

    def __init__(self, grace: FlaskClient, workers: WorkersHouse) -> None:
        self.grace, self.workers = grace, workers
        self.repository = workers.repository(FULL_NAME)
        fake_github.IDS[FULL_NAME] = self.repository.id
        workers.github.permit(self.repository, "grace", Permission.MAINTAIN)
        self.sha = workers.push(self.repository)
        workers.work()
        (service,) = workers.store.services.of_repository(self.repository.id)
        self.service, self.path = service.id, f"/api/v1/services/{service.id}/variables"


@pytest.fixture
def both(tmp_path: Path, github: FakeGitHub) -> Iterator[Both]:
    web = build(tmp_path, github=github)
    with beside(tmp_path) as workers:
        yield Both(web.signed_in("grace", {FULL_NAME: Permission.MAINTAIN}), workers)
    web.close()


def test_what_is_set_is_kept_deployed_and_told_but_for_secrets(both: Both) -> None:
    chain = "-----BEGIN-----\nä\n-----END-----\n"
    with working(both.workers):
        secret = both.grace.put(both.path, json={"name": "CERTIFICATE", "value": chain})
        plain = both.grace.put(both.path, json={"name": "MODE", "value": "", "secret": False})
    assert (secret.status_code, plain.status_code) == (200, 200), secret.text
    (number,) = secret.get_json()["deployments"]
    made = both.workers.store.deployments.get(number)
    assert made is not None
    assert (made.trigger, made.sha, made.actor) == (Trigger.CONFIG, both.sha, "grace")
    assert both.workers.store.variables.of(both.service, "production")["CERTIFICATE"] == ("secret", chain)
    assert both.grace.get(both.path).get_json()["variables"] == [
        {"name": "CERTIFICATE", "kind": "secret", "value": None},
        {"name": "MODE", "kind": "plain", "value": ""},
    ]
    assert both.workers.timeline(both.repository).count("config-changed") == 2

    with working(both.workers):
        answers = [both.grace.delete(both.path, json={"name": "MODE"}) for _ in range(2)]
    assert [each.status_code for each in answers] == [200, 200]
    assert [each["name"] for each in both.grace.get(both.path).get_json()["variables"]] == ["CERTIFICATE"]


def test_several_are_set_and_removed_together_as_one_deployment(both: Both) -> None:
    many = {f"V{number}": "x" * 9_000 for number in range(100)}
    with working(both.workers):
        put = both.grace.put(both.path, json={"values": {"COLOUR": "", "MODE": "fast"}, "secret": False})
        whole = both.grace.put(both.path, json={"values": many})
        form = both.grace.put(both.path, data={"values": '{"BY": "form"}', "secret": "false"})
        gone = both.grace.delete(both.path, query_string={"name": f"COLOUR, {','.join(many)}"})
    assert [each.status_code for each in (put, whole, form, gone)] == [200] * 4, whole.text
    assert len(put.get_json()["deployments"]) == 1
    assert both.grace.get(both.path).get_json()["variables"] == [
        {"name": "BY", "kind": "plain", "value": "form"},
        {"name": "MODE", "kind": "plain", "value": "fast"},
    ]
    told = both.workers.store.timeline.of_repository(both.repository.id, 50)
    changed = [each.text for each in told if each.kind == "config-changed"]
    assert (len(changed), changed[-1]) == (4, "the variables COLOUR, MODE were set")


REFUSED: list[tuple[dict[str, object], int, str]] = [
    ({"value": "x"}, 400, "Say `name`: a variable's name."),
    ({"name": "A"}, 400, "`value` is text"),
    ({"name": "A", "value": "\0"}, 400, "without NUL"),
    ({"name": "A", "value": "x" * 100_001}, 400, "at most 100000"),
    ({"values": {"A": "x", "B": 1}}, 400, "`value` is text"),
    ({"values": {"A": "x", "PORT": "1"}}, 400, "`PORT` is set from the service's `port`."),
    ({"values": {}}, 400, "`values` is a JSON object"),
    ({"values": "A=x"}, 400, "`values` is a JSON object"),
    ({"values": {f"A{each}": "x" for each in range(101)}}, 400, "at most 100"),
    ({"values": {"A" * 201: "x"}}, 400, "at most 200"),
    ({"values": {"A": "x"}, "value": "x"}, 400, "and not both"),
    ({"values": {f"A{each}": "x" * 99_999 for each in range(11)}}, 413, "exceeds"),
    ({"name": "PORT", "value": "1"}, 400, "`PORT` is set from the service's `port`."),
    ({"name": "TIDEGATE_URL", "value": "1"}, 400, "is ours"),
    ({"name": "A", "value": "x", "environment": "pr-9"}, 404, "has no environment `pr-9`"),
    ({"name": "A", "value": "x", "secrt": "no"}, 400, "There is no parameter `secrt`"),
]


def test_what_cannot_be_set_says_what_to_write(both: Both) -> None:
    for body, status, said in REFUSED:
        answer = both.grace.put(both.path, json=body)
        assert (answer.status_code, said in answer.get_json()["detail"]) == (status, True), (said, answer.text)
    assert both.workers.store.variables.of(both.service, "production") == {}


def test_a_value_in_the_address_is_refused(both: Both) -> None:
    answer = both.grace.put(f"{both.path}?name=A&value=hush")
    assert (answer.status_code, "Send the value in the body" in answer.text) == (400, True)


def test_without_a_worker_it_is_kept_and_carried_out_later(both: Both) -> None:
    both.grace.application.extensions[KEY].workers.patience = 0.0
    assert both.grace.put(both.path, json={"name": "A", "value": "x"}).status_code == 202
    with working(both.workers):
        both.grace.application.extensions[KEY].workers.patience = 10.0
        assert both.grace.put(both.path, json={"name": "B", "value": "y"}).status_code == 200
    rows = both.workers.store.deployments.page(None, 50)
    assert [row.trigger for row in rows].count(Trigger.CONFIG) == 1, "both of them in one"
