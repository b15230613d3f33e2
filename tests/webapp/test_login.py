"""Signing in: only through GitHub, only in the browser that began it, only back to us."""

from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.tidegate.store.given import a_service
from tests.webapp.fake_github import CLIENT, FakeGitHub
from tests.webapp.house import PAGE, House, build
from tests.webapp.product import SECRET_KEYS
from tidegate.permission import Permission


def authorize(github: FakeGitHub, location: str) -> str:
    """The person says yes: the path, with query, that GitHub sends them to."""
    query = {name: values[0] for name, values in parse_qs(urlsplit(location).query).items()}
    back = urlsplit(github.authorize(query))
    return f"{back.path}?{back.query}"


def test_the_whole_way(open_house: House, github: FakeGitHub) -> None:
    client = open_house.client()
    sent = client.get("/?service=3", headers=PAGE)
    assert (sent.status_code, sent.location) == (303, "/login?back=%2F%3Fservice%3D3")
    assert 'href="/login/github?back=/%3Fservice%3D3"' in client.get(sent.location, headers=PAGE).text
    begun = client.get("/login/github?back=/%3Fservice%3D3")
    asked = {name: values[0] for name, values in parse_qs(urlsplit(begun.location).query).items()}
    assert begun.location.startswith(f"{github.url}/login/oauth/authorize?")
    assert (asked["client_id"], asked["redirect_uri"]) == (CLIENT[0], f"{open_house.url}/login/callback")
    ended = client.get(authorize(github, begun.location))
    assert (ended.status_code, ended.location) == (303, "/?service=3")
    assert client.get("/", headers=PAGE).status_code == 200
    assert client.post("/logout").status_code == 303
    assert client.get("/", headers=PAGE).status_code == 303


def test_the_cookie_tells_nothing_and_keeps_to_itself(open_house: House, github: FakeGitHub) -> None:
    client = open_house.client()
    ended = client.get(authorize(github, client.get("/login/github").location))
    cookie = ended.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    with client.session_transaction() as session:
        assert not any(token in str(dict(session)) for token in github.tokens)


def test_behind_https_it_is_for_this_host_alone(tmp_path_factory: pytest.TempPathFactory, github: FakeGitHub) -> None:
    house = build(tmp_path_factory.mktemp("https"), github=github, told={"TIDEGATE_URL": "https://tidegate.test"})
    cookie = house.client().get("/login/github").headers["Set-Cookie"]
    assert cookie.startswith("__Host-tidegate=")
    assert "Secure" in cookie
    assert "Domain" not in cookie
    house.close()


def test_keys_rotate_without_signing_anybody_out(open_house: House, github: FakeGitHub, tmp_path: Path) -> None:
    client = open_house.signed_in("ada", {})
    cookie = client.get_cookie("tidegate")
    assert cookie is not None
    newer = "bmV3LW5ldy1uZXctbmV3LW5ldy1uZXctbmV3LW5ldy0="
    for keys, status in ((f"{newer},{SECRET_KEYS[0]}", 200), (newer, 303)):
        house = build(tmp_path, github=github, told={"TIDEGATE_SECRET_KEY": keys})
        other = house.client()
        other.set_cookie("tidegate", cookie.value)
        assert other.get("/", headers=PAGE).status_code == status
        house.close()


@pytest.mark.parametrize("state", ["", "wrong", "é"])
def test_a_foreign_callback_signs_nobody_in(open_house: House, github: FakeGitHub, state: str) -> None:
    client = open_house.client()
    begun = client.get("/login/github")
    code = parse_qs(urlsplit(authorize(github, begun.location)).query)["code"][0]
    assert client.get("/login/callback", query_string={"code": code, "state": state}).status_code == 400
    assert client.get("/", headers=PAGE).status_code == 303


def test_a_callback_counts_once(open_house: House, github: FakeGitHub) -> None:
    client = open_house.client()
    back = authorize(github, client.get("/login/github").location)
    assert client.get(back).status_code == 303
    assert client.get(back).status_code == 400


def test_who_says_no_is_told_how_to_go_on(open_house: House, github: FakeGitHub) -> None:
    client = open_house.client()
    state = parse_qs(urlsplit(client.get("/login/github").location).query)["state"][0]
    denied = {"state": state, "error": "access_denied", "error_description": "The user has denied your application"}
    answer = client.get("/login/callback", query_string=denied, headers=PAGE)
    assert answer.status_code == 403
    assert "The user has denied your application" in answer.text


@pytest.mark.parametrize("back", ["https://evil.test/", "//evil.test", "/\\evil.test", "evil", "/a\r\nSet-Cookie: b"])
def test_it_leads_back_to_us_only(open_house: House, github: FakeGitHub, back: str) -> None:
    client = open_house.client()
    begun = client.get("/login/github", query_string={"back": back})
    assert client.get(authorize(github, begun.location)).location == "/"


def test_a_revoked_token_ends_the_session(open_house: House, github: FakeGitHub) -> None:
    a_service(open_house.store)
    client = open_house.signed_in("ada", {"acme/shop": Permission.WRITE})
    github.tokens.clear()
    assert client.get("/", headers=PAGE).status_code == 303
    assert client.get_cookie("tidegate") is None


def test_another_site_can_sign_nobody_out(open_house: House) -> None:
    client = open_house.signed_in("ada", {})
    client.post("/logout", headers={"Origin": "https://evil.test"})
    assert client.get("/", headers=PAGE).status_code == 200
