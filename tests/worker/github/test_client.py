"""Connections are kept and shared, and what a proxy answers in GitHub's place is no answer."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from tests.contracts.github_places import MemoryTokens, RealClock
from tidegate.github import GitHub as Settings
from tidegate.installation import Scope
from worker.github.client import Client
from worker.ports import Unavailable

SCOPE = Scope.of(7, 11, {"checks": "write"})


class Server(ThreadingHTTPServer):
    """Answers every GET with `body`, and counts connections."""

    daemon_threads = True
    body = b'{"check_runs": [], "total_count": 0}'
    connections = 0

    def get_request(self) -> Any:
        self.connections += 1
        return super().get_request()


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1

    def do_GET(self) -> None:
        assert isinstance(self.server, Server)
        self.send_response(200)
        self.send_header("Content-Length", str(len(self.server.body)))
        self.end_headers()
        self.wfile.write(self.server.body)

    def log_message(self, *_: Any) -> None:
        """Quiet."""


@pytest.fixture
def server() -> Iterator[Server]:
    with Server(("127.0.0.1", 0), Handler) as made:
        thread = threading.Thread(target=made.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield made
        made.shutdown()
        thread.join()


@pytest.fixture
def client(server: Server) -> Iterator[Client]:
    """Holds a token already, so that every request is the test's own."""
    tokens, clock = MemoryTokens(), RealClock()
    tokens.put(SCOPE.key, "ghs_held", clock.now().replace(year=2999))
    url = f"http://127.0.0.1:{server.server_port}"
    made = Client(Settings(url, url, 1, "", "", "", ""), tokens, clock)
    yield made
    made.close()


def ask(client: Client) -> int:
    found = client.ask(SCOPE, lambda rest, headers: rest.checks.list_for_ref("octo", "web", "abc", headers=headers))
    return found["total_count"]


def test_calls_of_all_threads_go_over_one_kept_connection(server: Server, client: Client) -> None:
    for _ in range(5):
        thread = threading.Thread(target=ask, args=(client,))
        thread.start()
        thread.join()
    assert ask(client) == 0
    assert server.connections == 1


def test_a_page_instead_of_json_is_unavailable(server: Server, client: Client) -> None:
    server.body = b"<html>Please sign in to the network</html>"
    with pytest.raises(Unavailable, match="not JSON"):
        ask(client)
