"""As much of GitHub as signing in takes, over real HTTP: authorize, tokens with PKCE, who one is, what one may read."""

from __future__ import annotations

import base64
import hashlib
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from tests.tidegate.store.given import REPOSITORY
from tidegate.permission import Permission

CLIENT = ("client", "client-secret")
#: Every repository that there is.
IDS = {"acme/shop": REPOSITORY.repository_id, "acme/secret": 99, "acme/docs": 100}


@dataclass
class FakeGitHub:
    """`rights`: login → {owner/name: permission}. Whoever authorizes is `visitor`. `down` answers 500 to everything."""

    url: str = ""
    visitor: str = "ada"
    rights: dict[str, dict[str, Permission]] = field(default_factory=dict)
    public: set[str] = field(default_factory=set)
    down: bool = False
    asked: list[str] = field(default_factory=list)
    #: Of every repository's branch, newest first: sha → (message, conclusion of its one check; "": it has none).
    commits: dict[str, tuple[str, str]] = field(default_factory=dict)
    challenges: dict[str, str] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)
    numbers: dict[str, int] = field(default_factory=dict)
    #: The App's own, for an installation.
    app_tokens: set[str] = field(default_factory=set)

    def number(self, login: str) -> int:
        """GitHub's own for a person."""
        return self.numbers.setdefault(login, 500 + len(self.numbers))

    def token(self, login: str) -> str:
        value = f"ghu_{login}_{len(self.tokens)}"
        self.tokens[value] = login
        return value

    def authorize(self, query: dict[str, str]) -> str:
        """Where the person is sent back to, having said yes."""
        code = f"code{len(self.challenges)}"
        assert query["code_challenge_method"] == "S256"
        self.challenges[code] = query["code_challenge"]
        return f"{query['redirect_uri']}?{urlencode({'code': code, 'state': query['state']})}"

    def exchange(self, form: dict[str, str]) -> dict[str, object]:
        proof = base64.urlsafe_b64encode(hashlib.sha256(form["code_verifier"].encode()).digest()).decode().rstrip("=")
        challenge = self.challenges.pop(form["code"], None)
        if (form["client_id"], form["client_secret"]) != CLIENT or challenge != proof:
            return {"error": "bad_verification_code", "error_description": "The code passed is incorrect or expired."}
        return {"access_token": self.token(self.visitor), "expires_in": 28_800, "token_type": "bearer"}

    def answer(self, path: str, query: dict[str, str], token: str) -> tuple[int, Any]:
        login = self.tokens.get(token)
        self.asked.append(path)
        if self.down:
            return 500, {"message": "Server Error"}
        if token in self.app_tokens:
            return self._as_app(path)
        if login is None:
            return 401, {"message": "Bad credentials"}
        if path == "/user":
            return 200, {"login": login, "id": self.number(login)}
        rights = self.rights.get(login, {})
        if path.startswith("/user/installations/"):
            begin = (int(query["page"]) - 1) * int(query["per_page"])
            names = list(rights)[begin : begin + int(query["per_page"])]
            return 200, {"repositories": [self._told(name, rights[name]) for name in names]}
        name, _, commits = path.removeprefix("/repos/").partition("/commits")
        if name in rights and (commits or path.endswith("/commits")):
            return self._commits(commits)
        if name in self.public and name not in rights:
            return 200, self._told(name, Permission.READ)
        return (200, self._told(name, rights[name])) if name in rights else (404, {"message": "Not Found"})

    def _as_app(self, path: str) -> tuple[int, Any]:
        """GET /user/{account_id}, and /repos/{owner}/{repo}/collaborators/{login}/permission or its commits."""
        if path.startswith("/user/"):
            number = int(path.removeprefix("/user/"))
            found = [login for login, theirs in self.numbers.items() if theirs == number]
            return (200, {"login": found[0], "id": number}) if found else (404, {"message": "Not Found"})
        _, is_commits, of = path.partition("/commits")
        if is_commits:
            return self._commits(of)
        _, _, owner, name, _, login, _ = path.split("/")
        if login not in self.numbers:
            return 404, {"message": "Not Found"}
        permission = self.rights.get(login, {}).get(f"{owner}/{name}", Permission.NONE)
        told = {"login": login, "id": self.number(login)}
        return 200, {"permission": "none", "role_name": permission.name.lower(), "user": told}

    def _commits(self, of: str) -> tuple[int, Any]:
        """The list of a branch, or one's check runs."""
        if of:
            sha = of.removeprefix("/").removesuffix("/check-runs")
            runs = [{"app": {"id": 7}, "status": "completed", "conclusion": self.commits[sha][1]}]
            return 200, {"check_runs": runs if self.commits[sha][1] else []}
        who = {"name": "Grace", "date": "2026-03-01T12:00:00Z"}
        told = {"author": who, "committer": who}
        return 200, [
            {"sha": sha, "author": {"login": "grace"}, "commit": {**told, "message": message}}
            for sha, (message, _) in self.commits.items()
        ]

    def _told(self, name: str, permission: Permission) -> dict[str, object]:
        names = {"pull": "READ", "triage": "TRIAGE", "push": "WRITE", "maintain": "MAINTAIN", "admin": "ADMIN"}
        told = {each: permission >= Permission[least] for each, least in names.items()}
        return {"id": IDS[name], "full_name": name, "permissions": told}


@contextmanager
def fake_github() -> Iterator[FakeGitHub]:
    fake = FakeGitHub()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(fake))
    fake.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield fake
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _handler(fake: FakeGitHub) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            query = {name: values[0] for name, values in parse_qs(parts.query).items()}
            if parts.path == "/login/oauth/authorize":
                self.send_response(302)
                self.send_header("Location", fake.authorize(query))
                self.send_header("Content-Length", "0")
                self.end_headers()
                return
            token = self.headers.get("Authorization", "").removeprefix("Bearer ")
            self._say(*fake.answer(parts.path, query, token))

        def do_POST(self) -> None:
            form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
            self._say(200, fake.exchange({name: values[0] for name, values in form.items()}))

        def _say(self, status: int, answer: dict[str, object]) -> None:
            body = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
            pass

    return Handler
