"""A fresh server beside the stand-in GitHub, and the person who sets it up."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from html import unescape
from http import HTTPStatus
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
from redis import Redis
from werkzeug.test import Client, TestResponse

from tests.migrated import put_migrated
from tests.webapp.house import NO_REDIS, PAGE
from tests.webapp.product import ENVIRONMENT
from tidegate import setup
from tidegate.github import APP_VARIABLES
from tidegate.settings import Settings
from tidegate.store import Store, open_store
from tidegate.store.start import with_kept_app
from webapp.app import create_app
from webapp.fresh import create_fresh_app
from webapp.front import Front

FRESH = {name: value for name, value in ENVIRONMENT.items() if name not in APP_VARIABLES}


@dataclass
class FreshHouse:
    settings: Settings
    store: Store
    front: Front

    @classmethod
    def build(cls, directory: Path, **told: str) -> FreshHouse:
        put_migrated(directory / "tidegate.db")
        environment = {**FRESH, "DATABASE_URL": f"sqlite:///{directory}/tidegate.db", "REDIS_URL": NO_REDIS, **told}
        settings = Settings.from_env(environment, lambda path: "", app=False)
        store = open_store(settings.database_url, settings.secret_keys)
        redis = Redis.from_url(NO_REDIS, socket_connect_timeout=1)

        def look() -> object:
            known = with_kept_app(settings, store)
            return create_app(known, store, redis) if known.github.has_app else None

        return cls(settings, store, Front(create_fresh_app(settings, store), look))  # type: ignore[arg-type]

    def browser(self) -> Client:
        return Client(self.front)

    def admitted(self) -> Client:
        """Whoever opened the link on the terminal."""
        browser = self.browser()
        link = urlsplit(setup.link(self.settings))
        assert browser.get(f"{link.path}?{link.query}", headers=PAGE).status_code == 303
        return browser


def ask(browser: Client, path: str) -> TestResponse:
    return browser.get(path, headers=PAGE)


def at_github(page: str) -> str:
    """The person says yes at the stand-in to what our page posts; the path that they are sent back to."""
    action = unescape(_found(r'action="(http[^"]+)"', page))
    manifest = unescape(_found(r'name="manifest" value="([^"]+)"', page))
    state = parse_qs(urlsplit(action).query)["state"][0]
    organization = re.search(r"/organizations/([^/]+)/", action)
    form = {"manifest": manifest, "state": state, "org": organization.group(1) if organization else ""}
    assert httpx.post(action, data={"manifest": manifest}).status_code == HTTPStatus.OK
    form["name"] = json.loads(manifest)["name"]
    confirm = "{0.scheme}://{0.netloc}/settings/apps/confirm".format(urlsplit(action))
    back = urlsplit(httpx.post(confirm, data=form).headers["Location"])
    return f"{back.path}?{back.query}"


def _found(pattern: str, page: str) -> str:
    found = re.search(pattern, page)
    assert found, page
    return found.group(1)
