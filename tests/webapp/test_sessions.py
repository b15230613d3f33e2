"""A sign-in can be ended from elsewhere, and a copied cookie ends with it."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text

from tests.webapp.house import PAGE, House, as_app, bearer
from tidegate.permission import Permission
from tidegate.store.database import Database


def is_in(client: FlaskClient) -> bool:
    return client.get("/", headers=PAGE).status_code == 200


def copied(house: House, client: FlaskClient) -> FlaskClient:
    cookie = client.get_cookie("tidegate")
    assert cookie is not None
    other = house.client()
    other.set_cookie("tidegate", cookie.value)
    return other


def test_who_signs_out_takes_the_cookies_copies_along(open_house: House) -> None:
    client, elsewhere = open_house.signed_in("ada", {}), open_house.signed_in("ada", {})
    thief = copied(open_house, client)
    assert is_in(thief)
    client.post("/logout")
    assert not is_in(thief)
    assert is_in(elsewhere)


@pytest.mark.parametrize("way", ["page", "api"])
def test_out_everywhere(open_house: House, way: str) -> None:
    here, elsewhere, bob = (open_house.signed_in(login, {}) for login in ("ada", "ada", "bob"))
    shown = here.get("/sessions", headers={**PAGE, "User-Agent": "<i>Lynx</i>"}).text
    assert shown.count('<li class="entry">') == 2
    assert len(here.get("/api/v1/sessions").get_json()["sessions"]) == 2
    if way == "page":
        assert here.post("/logout/everywhere").location == "/login"
    else:
        assert here.delete("/api/v1/sessions").get_json() == {"ended": 2}
    assert [is_in(each) for each in (here, elsewhere, bob)] == [False, False, True]
    ends = [entry for _, entry in open_house.store.audit.page(None, 9, None) if entry.action == "sign-out-everywhere"]
    assert [(entry.actor, entry.via) for entry in ends] == [("ada", way)]


def test_another_site_signs_nobody_out_everywhere(open_house: House) -> None:
    client = open_house.signed_in("ada", {})
    for method, path in (("POST", "/logout/everywhere"), ("DELETE", "/api/v1/sessions")):
        assert client.open(path, method=method, headers={"Origin": "https://evil.test"}).status_code == 403
    assert is_in(client)


def test_no_token_does_and_strangers_neither(open_house: House) -> None:
    as_app(open_house)
    client = open_house.signed_in("ada", {"acme/shop": Permission.ADMIN})
    made = client.post("/api/v1/tokens", json={"name": "ci", "scope": "admin"}).get_json()["token"]
    for method, path in (("GET", "/api/v1/sessions"), ("DELETE", "/api/v1/sessions")):
        assert open_house.client().open(path, method=method).status_code == 401
        assert open_house.client().open(path, method=method, headers=bearer(made)).status_code == 403
    assert is_in(client)


def test_the_store_has_nobodys_github_token(open_house: House) -> None:
    open_house.signed_in("ada", {})
    assert open_house.github is not None
    (token,) = open_house.github.tokens
    database = Database(str(open_house.store._database._engine.url))
    with database.read() as connection:
        rows = connection.execute(text("SELECT * FROM sessions")).all()
    database.close()
    assert len(rows) == 1
    assert token not in str(rows)
