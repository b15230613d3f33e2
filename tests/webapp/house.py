"""The web app on a store of its own, with whatever Redis and GitHub a story needs; and people who visit it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from flask import Flask
from flask.testing import FlaskClient
from redis import Redis
from werkzeug.test import TestResponse

from tests.migrated import put_migrated
from tests.tidegate.store.given import REPOSITORY
from tests.webapp.fake_github import FakeGitHub
from tests.webapp.judged import Judged
from tests.webapp.product import ENVIRONMENT
from tidegate.permission import Permission
from tidegate.settings import Settings
from tidegate.store import Store, open_store
from webapp.app import create_app
from webapp.parts import KEY
from webapp.signature import sign

#: Nothing listens here.
NO_REDIS = "redis://127.0.0.1:1/0"
SECRET = ENVIRONMENT["GITHUB_WEBHOOK_SECRET"].encode()
PAGE = {"Accept": "text/html"}
#: Who may read the metrics.
SCRAPER = {"Authorization": f"Bearer {ENVIRONMENT['TIDEGATE_METRICS_TOKEN']}"}


@dataclass
class House:
    app: Flask
    store: Store
    github: FakeGitHub | None = None

    @property
    def url(self) -> str:
        return ENVIRONMENT["TIDEGATE_URL"]

    def close(self) -> None:
        self.app.extensions[KEY].people.close()
        self.store.close()

    def client(self) -> FlaskClient:
        return self.app.test_client()

    def number(self, login: str) -> int:
        """GitHub's own for a person."""
        assert self.github is not None, "this story has no GitHub"
        return self.github.number(login)

    def signed_in(self, login: str, rights: Mapping[str, Permission]) -> FlaskClient:
        """A browser whose person went the whole way through GitHub; `rights`: owner/name → permission."""
        assert self.github is not None, "this story has no GitHub"
        self.github.visitor, self.github.rights[login] = login, dict(rights)
        client = self.client()
        begun = client.get("/login/github")
        query = {name: values[0] for name, values in parse_qs(urlsplit(begun.location).query).items()}
        back = urlsplit(self.github.authorize(query))
        ended = client.get(f"{back.path}?{back.query}")
        assert ended.status_code == HTTPStatus.SEE_OTHER, ended.text
        return client


def build(
    directory: Path, redis: str = NO_REDIS, github: FakeGitHub | None = None, told: Mapping[str, str] | None = None
) -> House:
    """`told`: settings beside or instead of the usual ones."""
    addresses = {"GITHUB_API_URL": github.url, "GITHUB_WEB_URL": github.url} if github else {}
    database = {"DATABASE_URL": f"sqlite:///{directory}/tidegate.db", "REDIS_URL": redis}
    settings = Settings.from_env({**ENVIRONMENT, **database, **addresses, **(told or {})}, lambda path: "")
    put_migrated(directory / "tidegate.db")
    store = open_store(settings.database_url, settings.secret_keys)
    app = create_app(settings, store, Redis.from_url(redis, socket_timeout=2, socket_connect_timeout=1))
    app.test_client_class = Judged
    return House(app, store, github)


def as_app(house: House) -> None:
    """The App has tokens for its installation, as workers leave them in the store, and for a repository's commits."""
    assert house.github is not None, "this story has no GitHub"
    house.github.app_tokens.add("ghs_app")
    reading = f"{REPOSITORY.repository_id}/checks:read,contents:read,metadata:read"
    for what in ("*/metadata:read", reading):
        key = f"github/{REPOSITORY.installation_id}/{what}"
        house.store.tokens.put(key, "ghs_app", datetime.now(UTC) + timedelta(hours=1))


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def deliver(
    client: FlaskClient, body: bytes, headers: Mapping[str, str | None] | None = None, **options: str
) -> TestResponse:
    """A webhook as GitHub sends it, but for `headers` (None takes one away)."""
    usual = {
        "X-Hub-Signature-256": sign(SECRET, body),
        "X-GitHub-Event": "push",
        "X-GitHub-Delivery": "11111111-2222-3333-4444-555555555555",
        "Content-Type": "application/json",
    }
    merged = {**usual, **(headers or {})}
    kept = {name: value for name, value in merged.items() if value is not None}
    return client.post("/webhooks/github", data=body, headers=kept)
