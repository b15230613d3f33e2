"""Where the stand-in's webhooks arrive in its tests."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

DEADLINE = 15.0  # seconds


@dataclass(frozen=True)
class Hook:
    event: str
    headers: dict[str, str]
    raw: bytes
    payload: dict[str, Any]


class Receiver:
    """Keeps what comes, answers `status`."""

    def __init__(self) -> None:
        self.status = 200
        self._kept: list[Hook] = []
        self._came = threading.Condition()

    def take(self, headers: dict[str, str], raw: bytes) -> None:
        with self._came:
            self._kept.append(Hook(headers["X-GitHub-Event"], headers, raw, json.loads(raw)))
            self._came.notify_all()

    def of(self, repo: str, event: str = "", action: str = "") -> list[Hook]:
        """What came about a repository, in order."""
        with self._came:
            return [each for each in self._kept if _matches(each, repo, event, action)]

    def wait(self, repo: str, event: str, action: str = "", count: int = 1) -> list[Hook]:
        """Until `count` of these have come."""
        with self._came:
            arrived = self._came.wait_for(
                lambda: sum(_matches(each, repo, event, action) for each in self._kept) >= count, DEADLINE
            )
        assert arrived, f"no {count} times {event} {action} for {repo}: {[each.event for each in self._kept][-20:]}"
        return self.of(repo, event, action)

    @property
    def all(self) -> list[Hook]:
        with self._came:
            return list(self._kept)


def _matches(hook: Hook, repo: str, event: str, action: str) -> bool:
    about = (hook.payload.get("repository") or {}).get("full_name", "")
    return about == repo and event in {"", hook.event} and action in {"", hook.payload.get("action")}


@contextmanager
def receiving() -> Iterator[tuple[str, Receiver]]:
    """(URL, receiver) of a running server."""
    receiver = Receiver()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            raw = self.rfile.read(int(self.headers["Content-Length"]))
            receiver.take(dict(self.headers.items()), raw)
            self.send_response(receiver.status)
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"ok")

        def log_message(self, *_: Any) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/hooks", receiver
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
