"""Real git over HTTP on a free port: `git http-backend` behind Basic authentication, with faults on request."""

from __future__ import annotations

import base64
import subprocess
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar

_GIT_ENVIRONMENT = {
    "PATH": "/usr/bin:/bin",
    "HOME": "/nonexistent",
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_AUTHOR_NAME": "Ann",
    "GIT_AUTHOR_EMAIL": "ann@example.com",
    "GIT_COMMITTER_NAME": "Ann",
    "GIT_COMMITTER_EMAIL": "ann@example.com",
}


def git(directory: Path, *arguments: str, told: str = "") -> str:
    """Runs git there, by nobody's configuration, with `told` as its input; returns what it printed."""
    done = subprocess.run(
        ["git", "-C", str(directory), *arguments],
        env=_GIT_ENVIRONMENT,
        input=told,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


class GitServer:
    """Serves the bare repositories below `root` to who knows the token. `requests` are the paths asked for so far."""

    def __init__(self, root: Path, token: str) -> None:
        self.root = root
        self.token = token
        self.requests: list[str] = []
        self.authorizations: list[str | None] = []
        #: Answer every request with this status instead.
        self.fault: int | None = None
        #: Cleared: requests wait, until it is set again.
        self.gate = threading.Event()
        self.gate.set()
        handler = type("Handler", (_Handler,), {"git": self})
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def create(self, name: str) -> Path:
        """A new bare repository, at `{url}/{name}`."""
        path = self.root / name
        path.mkdir(parents=True)
        git(path, "init", "--quiet", "--bare", "--initial-branch=main")
        return path

    def commit(self, name: str, files: Mapping[str, str | bytes]) -> str:
        """The SHA of a new commit on main that has these files besides those that were there."""
        work = self.root.parent / "work" / name
        if not work.exists():
            work.mkdir(parents=True)
            git(work, "init", "--quiet", "--initial-branch=main")
        for path, content in files.items():
            (work / path).parent.mkdir(parents=True, exist_ok=True)
            (work / path).write_bytes(content.encode() if isinstance(content, str) else content)
        return self.push(name, work)

    def work(self, name: str) -> Path:
        """The working copy behind `commit`."""
        return self.root.parent / "work" / name

    def push(self, name: str, work: Path) -> str:
        git(work, "add", "--all")
        git(work, "commit", "--quiet", "--allow-empty", "--message", "a change")
        git(work, "push", "--quiet", "--force", str(self.root / name), "HEAD:refs/heads/main")
        return git(work, "rev-parse", "HEAD")

    @contextmanager
    def serving(self) -> Iterator[GitServer]:
        thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield self
        finally:
            self.gate.set()
            self._server.shutdown()
            self._server.server_close()
            thread.join()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    git: ClassVar[GitServer]

    def do_GET(self) -> None:
        self._serve(b"")

    def do_POST(self) -> None:
        self._serve(self.rfile.read(int(self.headers.get("Content-Length", "0"))))

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name for it
        """Quiet."""

    def _serve(self, body: bytes) -> None:
        authorization = self.headers.get("Authorization")
        self.git.requests.append(self.path)
        self.git.authorizations.append(authorization)
        self.git.gate.wait(30)
        wanted = "Basic " + base64.b64encode(f"x-access-token:{self.git.token}".encode()).decode()
        path, _, query = self.path.partition("?")
        if self.git.fault is not None:
            self._answer(self.git.fault, [], b"")
        elif not path.startswith("/public/") and authorization != wanted:
            self._answer(401, [("WWW-Authenticate", 'Basic realm="git"')], b"")
        elif not (self.git.root / path.lstrip("/").partition(".git")[0]).with_suffix(".git").exists():
            self._answer(404, [], b"")
        else:
            self._backend(path, query, body)

    def _backend(self, path: str, query: str, body: bytes) -> None:
        environment = {
            **_GIT_ENVIRONMENT,
            "GIT_PROJECT_ROOT": str(self.git.root),
            "GIT_HTTP_EXPORT_ALL": "1",
            "REQUEST_METHOD": self.command,
            "PATH_INFO": path,
            "QUERY_STRING": query,
            "CONTENT_TYPE": self.headers.get("Content-Type", ""),
            "CONTENT_LENGTH": str(len(body)),
            "HTTP_CONTENT_ENCODING": self.headers.get("Content-Encoding", ""),
            "GIT_PROTOCOL": self.headers.get("Git-Protocol", ""),
        }
        done = subprocess.run(["git", "http-backend"], input=body, env=environment, capture_output=True, check=False)
        head, _, content = done.stdout.partition(b"\r\n\r\n")
        headers = [tuple(line.split(": ", 1)) for line in head.decode().splitlines()]
        status = next((int(value.split()[0]) for name, value in headers if name == "Status"), 200)
        self._answer(status, [(name, value) for name, value in headers if name != "Status"], content)

    def _answer(self, status: int, headers: list[tuple[str, str]], content: bytes) -> None:
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)
