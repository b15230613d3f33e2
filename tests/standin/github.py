"""A plain client of the stand-in's REST API whose every request and answer is judged on the way."""

from __future__ import annotations

import http.client
import json
import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

import jwt

from tests.standin.openapi import judge


@dataclass(frozen=True)
class Reply:
    status: int
    body: Any
    headers: dict[str, str]


def app_jwt(app: dict[str, Any], **claims: Any) -> str:
    """An App's JWT from its credentials; `claims` override."""
    now = int(time.time())
    said = {"iat": now - 60, "exp": now + 540, "iss": str(app["id"]), **claims}
    return jwt.encode(said, app["private_key"], algorithm="RS256")


class GitHub:
    """Asks as the bearer of `token` (none: a stranger)."""

    def __init__(self, api_url: str, token: str = "") -> None:
        self._parts = urlsplit(api_url)
        self._token = token

    def get(self, path: str, **query: Any) -> Reply:
        return self.ask("GET", path, query=query)

    def post(self, path: str, body: Any = None) -> Reply:
        return self.ask("POST", path, body)

    def patch(self, path: str, body: Any = None) -> Reply:
        return self.ask("PATCH", path, body)

    def put(self, path: str, body: Any = None) -> Reply:
        return self.ask("PUT", path, body)

    def delete(self, path: str) -> Reply:
        return self.ask("DELETE", path)

    def wrong(self, method: str, path: str, body: Any = None, **query: Any) -> Reply:
        """A request that is wrong on purpose: only the answer is judged."""
        return self.ask(method, path, body, query=query, judged=False)

    def ask(
        self, method: str, path: str, body: Any = None, query: dict[str, Any] | None = None, *, judged: bool = True
    ) -> Reply:
        asked = {name: str(value) for name, value in (query or {}).items()}
        if judged:
            judge().request(method, path, asked, body)
        reply = self._send(method, quote(path) + (f"?{urlencode(asked)}" if asked else ""), body)
        judge().response(method, path, reply.status, reply.body)
        return reply

    def _send(self, method: str, target: str, body: Any) -> Reply:
        headers = {"Accept": "application/vnd.github+json", "X-GitHub-Api-Version": "2022-11-28"}
        if self._token:
            headers["Authorization"] = f"Bearer {self._token}"
        connection = http.client.HTTPConnection(self._parts.netloc, timeout=30)
        try:
            sent = None if body is None else json.dumps(body)
            connection.request(method, self._parts.path + target, sent, headers)
            answer = connection.getresponse()
            raw = answer.read()
            shown = {name.lower(): value for name, value in answer.getheaders()}
        finally:
            connection.close()
        return Reply(answer.status, json.loads(raw) if raw else None, shown)
