"""A sign-in can be ended from elsewhere, and a copied cookie ends with it."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text

from tests.webapp.house import PAGE, House, as_app, bearer
from tidegate.permission import Permission
from tidegate.store.database import Database
from webapp.session import origin_of


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
        assert "this one too" in here.get("/logout/everywhere", headers=PAGE).text
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


def test_a_cookie_of_an_earlier_version_is_no_sign_in(open_house: House) -> None:
    client = open_house.signed_in("ada", {})
    with client.session_transaction() as told:
        del told["person"]["key"], told["person"]["id"]
        told.modified = True
    assert client.get("/", headers=PAGE).status_code == 303
    assert client.post("/logout").status_code < 400


def test_a_sign_in_is_ended_however_its_login_is_written(open_house: House) -> None:
    client = open_house.signed_in("ada", {})
    assert open_house.store.sessions.end_of("ADA") == 1
    assert not is_in(client)


@pytest.mark.parametrize("path", ["/theme", "/logout", "/tokens", "/services/1/deploy"])
def test_no_form_may_be_large_whoever_sends_it(open_house: House, path: str) -> None:
    large = {"back": "x" * 20_000}
    for client in (open_house.client(), open_house.signed_in("ada", {})):
        assert client.post(path, data=large).status_code in {401, 403, 404, 413, 303}
    assert open_house.client().post("/theme", data=large).status_code == 413


def test_numbers_that_no_database_takes_are_of_nothing(open_house: House) -> None:
    ada = open_house.signed_in("ada", {})
    assert ada.get(f"/services/{10**30}").status_code == 404
    assert ada.get(f"/api/v1/services/{10**20}").status_code == 404


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("https://Deploy.Example.com", "https://deploy.example.com"),
        ("https://deploy.example.com:443", "https://deploy.example.com"),
        ("http://[::1]:8000", "http://[::1]:8000"),
    ],
)
def test_our_own_pages_are_known_however_our_address_is_written(url: str, origin: str) -> None:
    assert origin_of(url) == origin
