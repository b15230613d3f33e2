"""A form that was refused is shown again where it stood, with the refusal and what was typed; and never elsewhere."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.tidegate.store.given import REPOSITORY
from tests.webapp.fake_github import fake_github
from tests.webapp.house import PAGE, build
from tests.webapp.town import settle
from tidegate.permission import Permission

NOTIFICATIONS = f"/repositories/{REPOSITORY.repository_id}/notifications"
REFUSAL = re.compile(r'role="alert"[^>]*autofocus[^>]*>.*?<span>(.*?)</span>', re.DOTALL)


@dataclass(frozen=True)
class Desk:
    """A browser of somebody who may do everything, and a town's services."""

    url: str
    browser: FlaskClient
    web: int
    live: str

    def send(self, page: str, path: str, site: str | None = None, **form: str) -> TestResponse:
        """As a browser does from a page of ours, or of another site."""
        headers = {**PAGE, "Referer": (site or self.url) + page.format(**vars(self)), "Origin": site or self.url}
        return self.browser.post(path.format(**vars(self)), data=form, headers=headers)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with fake_github() as github:
        house = build(tmp_path_factory.mktemp("house"), github=github)
        town = settle(house.store)
        ada = house.signed_in("ada", {"acme/shop": Permission.ADMIN})
        yield Desk(house.url, ada, town.web, town.live)
        house.close()


def refusal(answer: TestResponse) -> str:
    found = REFUSAL.search(answer.text)
    assert found, answer.text
    return unescape(re.sub(r"<[^>]+>", "", found[1]))


def test_what_was_typed_is_there_still_and_only_there(desk: Desk) -> None:
    page = "/services/{web}/variables"
    said = {"name": "PORT", "value": "\n<pasted>&\nlines", "secret": "false", "environment": "production"}
    answer = desk.send(page, page, **said)
    assert answer.status_code == 400
    assert "PORT" in refusal(answer)
    assert 'id="name" name="name" type="text" value="PORT"' in answer.text
    # The first end of line in a <textarea> is none of its text's.
    assert ">\n\n&lt;pasted&gt;&amp;\nlines</textarea>" in answer.text
    assert 'value="false" checked' in answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    assert "pasted" not in "".join(answer.headers.getlist("Set-Cookie"))
    assert "pasted" not in desk.browser.get(page.format(web=desk.web)).text


@pytest.mark.parametrize(
    ("page", "path", "form", "status", "kept"),
    [
        ("/services/{web}/settings", "/services/{web}/remove", {"confirm": "hello"}, 400, 'value="hello"'),
        ("/services/{web}/settings", "/services/{web}/instances", {"count": "1000"}, 400, 'value="1000"'),
        ("/services/{web}/settings", "/services/{web}/freeze", {"reason": "x" * 501}, 400, f'value="{"x" * 501}"'),
        ("/tokens", "/tokens", {"name": "ci", "scope": "deploy", "days": "0"}, 400, 'value="deploy" selected'),
        (NOTIFICATIONS, NOTIFICATIONS, {"channel": "slack", "address": "ftp://x"}, 400, 'value="ftp://x"'),
        (
            "/deployments/{live}?part=build",
            "/deployments/{live}/cancel",
            {},
            409,
            'data-page="/deployments/{live}?part=build"',
        ),
    ],
)
def test_every_form_comes_back(desk: Desk, page: str, path: str, form: dict[str, str], status: int, kept: str) -> None:
    answer = desk.send(page, path, **form)
    assert answer.status_code == status, answer.text
    assert refusal(answer)
    assert kept.format(**vars(desk)) in answer.text


def test_one_form_of_a_page_takes_nothing_from_another(desk: Desk) -> None:
    answer = desk.send("/services/{web}/settings", "/services/{web}/remove", confirm="hello", reason="stray")
    assert "stray" not in answer.text


def test_what_is_too_much_to_read_is_refused_where_it_was_sent(desk: Desk) -> None:
    page = "/services/{web}/variables"
    answer = desk.send(page, page, name="BIG", value="x" * 20_000)
    assert (answer.status_code, bool(refusal(answer))) == (413, True)


@pytest.mark.parametrize("page", ["/services/999", "/deployments/{live}/log", "/nowhere"])
def test_without_a_page_to_come_back_to_there_is_a_way_back(desk: Desk, page: str) -> None:
    """It is gone, it isn't for the visitor, or it is no page: told as before, with a link."""
    answer = desk.send(page, "/services/{web}/remove", confirm="hello")
    assert answer.status_code == 400
    assert "<h1>Bad Request</h1>" in answer.text
    assert f'<a href="{page.format(**vars(desk))}">Back to where you were</a>' in answer.text


def test_nothing_comes_back_to_another_site(desk: Desk) -> None:
    answer = desk.send("/x", "/services/{web}/remove", site="https://evil.test", confirm="hello")
    assert "hello" not in answer.text
    assert "Back to where" not in answer.text


def test_a_program_is_told_as_before(desk: Desk) -> None:
    told = {"Referer": f"{desk.url}/services/{desk.web}/settings"}
    answer = desk.browser.post(f"/services/{desk.web}/remove", data={"confirm": "hello"}, headers=told)
    assert answer.content_type == "application/problem+json"
