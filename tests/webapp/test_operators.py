"""The API as the operator's command asks it: no token, no GitHub, no web process; and nobody else comes in that way."""

from __future__ import annotations

import logging

import httpx

from tests.tidegate.store.given import NOON, REPOSITORY, a_service
from tests.webapp.house import House
from tidegate.audit import Via
from tidegate.logline import Lines
from tidegate.permission import OPERATOR
from webapp.asker import OPERATORS
from webapp.operators import operators
from webapp.parts import KEY

#: People's, which no command asks.
PAGES = ("/overview/stream", "/hosts")


def test_the_operator_may_anything_and_stands_in_the_log_as_the_command(house: House) -> None:
    service = a_service(house.store)
    house.store.environments.ensure(service.id, "production")
    settings = house.app.extensions[KEY].settings
    with operators(settings, house.store) as door, httpx.Client(transport=httpx.WSGITransport(app=door)) as client:
        where = f"{house.url}/api/v1"
        assert [each["name"] for each in client.get(f"{where}/services").json()["services"]] == ["web"]
        assert client.put(f"{where}/services/{service.id}/instances", json={"count": 2}).status_code == 200
        assert client.get(f"{where}/me").json()["login"] == OPERATOR
        assert client.get(f"{where}/tokens").status_code == 403, "those are people's"
        assert [client.get(f"{house.url}{page}").status_code for page in PAGES] == [404, 404]
    ((_, entry),) = house.store.audit.page([REPOSITORY.repository_id], 9, None)
    assert (entry.actor, entry.via, entry.token, entry.action) == (OPERATOR, Via.COMMAND, None, "scale")


def test_what_was_asked_leaves_nothing_in_later_lines_of_the_log(house: House) -> None:
    record = logging.makeLogRecord({"msg": "afterwards"})
    before = Lines(as_json=False).format(record)
    settings = house.app.extensions[KEY].settings
    with operators(settings, house.store) as door, httpx.Client(transport=httpx.WSGITransport(app=door)) as client:
        assert client.get(f"{house.url}/api/v1/deployments/01kjmma2g0ag6eyn53py39fnrh").status_code == 404
    assert Lines(as_json=False).format(record) == before


def test_nobody_else_is_taken_for_the_operator(house: House) -> None:
    house.store.repositories.see(REPOSITORY, NOON)
    said = {OPERATORS: "1", OPERATORS.replace(".", "-"): "1", OPERATORS.upper().replace(".", "_"): "1"}
    assert house.client().get("/api/v1/services", headers=said).status_code == 401
    assert house.client().get("/api/v1/services", headers=said, query_string=said).status_code == 401
