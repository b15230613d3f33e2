"""`tidegate login`: whose token is kept, where, and what is said where there is none or it opens nothing."""

from __future__ import annotations

import getpass
import io
import json
from pathlib import Path

import httpx
import pytest

from tests.cli.remote.laptop import Laptop, Terminal
from tidegate.permission import OPERATOR


def test_a_token_is_kept_for_its_owner_alone_and_forgotten_again(laptop: Laptop, tmp_path: Path) -> None:
    token = laptop.token()
    code, out, err = laptop.type(f"login {laptop.web.url}/", io.StringIO(f"{token}\n"))
    assert (code, f"Signed in at {laptop.web.url} as {OPERATOR}" in out) == (0, True), err
    assert "not encrypted" in err
    assert token not in out + err
    kept = tmp_path / "config" / "tidegate" / "login.json"
    assert (kept.stat().st_mode & 0o777, kept.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    assert laptop.json("services") == (0, {"services": []})
    assert laptop.type("logout")[0] == 0
    code, out, err = laptop.type("services")
    assert (code, out, "Sign in first: tidegate login" in err) == (3, "", True)


def test_on_a_terminal_it_is_asked_for_unseen(laptop: Laptop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(getpass, "getpass", lambda prompt: laptop.token())
    code, _, err = laptop.type(f"login {laptop.web.url}", Terminal())
    assert (code, f"{laptop.web.url}/tokens" in err) == (0, True)
    assert laptop.type("services")[0] == 0


@pytest.mark.parametrize(
    ("url", "token", "code", "said"),
    [
        ("http://tidegate.test", "tg_wrong", 3, "This token opens nothing"),
        ("http://tidegate.test", "", 2, "Say the token"),
        ("tidegate.test", "tg_any", 2, "say Tidegate's address"),
    ],
)
def test_what_opens_nothing_is_not_kept(
    laptop: Laptop, tmp_path: Path, url: str, token: str, code: int, said: str
) -> None:
    ended, _, err = laptop.type(f"login {url}", io.StringIO(token))
    assert (ended, said in err) == (code, True), err
    assert not (tmp_path / "config").exists()


def test_the_environments_token_goes_where_the_environment_says(
    laptop: Laptop, monkeypatch: pytest.MonkeyPatch
) -> None:
    laptop.sign_in()
    assert laptop.type("services")[0] == 0
    monkeypatch.delenv("TIDEGATE_URL")
    code, _, err = laptop.type("services")
    assert (code, "not TIDEGATE_URL" in err) == (3, True)


def test_a_token_is_never_sent_to_another_server_than_it_was_kept_for(
    laptop: Laptop, monkeypatch: pytest.MonkeyPatch
) -> None:
    laptop.type(f"login {laptop.web.url}", io.StringIO(laptop.token()))
    asked = len(laptop.wire.asked)
    monkeypatch.setenv("TIDEGATE_URL", "https://other.example")
    code, _, err = laptop.type("services")
    assert (code, "You are signed in at http://tidegate.test" in err, len(laptop.wire.asked)) == (3, True, asked)


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (httpx.Response(200, html="<p>Welcome to nginx!</p>"), "isn't Tidegate"),
        (
            httpx.Response(301, headers={"Location": "https://tidegate.test/"}),
            "sends elsewhere: https://tidegate.test/",
        ),
        (httpx.Response(502, html="<p>Bad Gateway</p>"), "it answered 502"),
    ],
)
def test_what_is_not_tidegate_is_said(laptop: Laptop, answer: httpx.Response, said: str) -> None:
    """And no token follows where it is sent."""
    laptop.wire.server = httpx.MockTransport(lambda request: answer)
    code, _, err = laptop.type(f"login {laptop.web.url}", io.StringIO(laptop.token()))
    assert (code, said in err) == (3, True), err


@pytest.mark.parametrize("text", ["", "[]", "{}", json.dumps({"url": "http://tidegate.test"})])
def test_a_file_that_is_broken_is_told_of(laptop: Laptop, tmp_path: Path, text: str) -> None:
    place = tmp_path / "config" / "tidegate"
    place.mkdir(parents=True)
    (place / "login.json").write_text(text)
    code, _, err = laptop.type("services")
    assert (code, "login.json can't be read" in err) == (3, True)
    assert laptop.type("logout")[0] == 0
    assert not list(place.iterdir())


def test_a_server_that_is_being_started_anew_is_asked_again(laptop: Laptop) -> None:
    laptop.sign_in()
    laptop.wire.cuts = ["before"] * 4
    assert laptop.type("services")[0] == 0
    laptop.wire.cuts = ["before"] * 6
    code, _, err = laptop.type("services")
    assert (code, err) == (3, "http://tidegate.test can't be reached: nobody listens\n")
