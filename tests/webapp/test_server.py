"""The real server, as the Procfile starts it: killed, fed with bad bytes, started wrongly."""

import gc
import http.client
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.waiting import wait_until
from tests.webapp.house import NO_REDIS, SECRET
from tests.webapp.product import ENVIRONMENT, SECRET_KEYS, start_web
from tidegate.store import Store, open_store
from webapp import server as settings
from webapp.signature import sign
from webapp.webhooks import LIMIT, PATH

BODY = b'{"ref": "refs/heads/main"}'


@dataclass
class Server:
    process: subprocess.Popen[bytes]
    address: str
    store: Store

    def connect(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection(self.address, timeout=30)

    def post(self, guid: str, body: bytes | Iterator[bytes] = BODY) -> int:
        """The status that a delivery is answered with; an iterator is sent in chunks."""
        with closing(self.connect()) as connection:
            chunked = not isinstance(body, bytes)
            connection.request("POST", PATH, body, headers(guid), encode_chunked=chunked)
            return connection.getresponse().status

    def workers(self) -> list[int]:
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text()
        return [int(pid) for pid in children.split()]


@dataclass
class Worker:
    """gunicorn's, as much of it as is used."""

    alive: bool = True
    wsgi: object = None


@pytest.mark.parametrize(
    "hook", [lambda: settings.pre_fork(None, Worker()), lambda: settings.post_worker_init(Worker())]
)
def test_the_collector_leaves_alone_what_is_there_for_good(hook: Callable[[], None]) -> None:
    try:
        hook()
        assert gc.get_freeze_count() > 0
    finally:
        gc.unfreeze()


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    """With its store, and without Redis."""
    url = f"sqlite:///{tmp_path}/tidegate.db"
    store = open_store(url, SECRET_KEYS)
    store.migrate()
    process, base = start_web("webapp.wsgi:app", {**ENVIRONMENT, "DATABASE_URL": url, "REDIS_URL": NO_REDIS})
    made = Server(process, urlsplit(base).netloc, store)
    yield made
    workers = made.workers() if process.poll() is None else []
    process.kill()
    process.wait()
    for pid in workers:
        os.kill(pid, signal.SIGKILL)
    store.close()


def headers(guid: str) -> dict[str, str]:
    return {
        "Content-Type": "application/json",
        "X-GitHub-Event": "push",
        "X-GitHub-Delivery": guid,
        "X-Hub-Signature-256": sign(SECRET, BODY),
    }


def send_until_refused(server: Server, sender: int, acknowledged: list[str]) -> None:
    with closing(server.connect()) as connection:
        for number in range(1_000_000):
            guid = f"{sender}-{number}"
            try:
                connection.request("POST", PATH, BODY, headers(guid))
                answer = connection.getresponse()
                answer.read()
            except (OSError, http.client.HTTPException):
                return
            assert answer.status == 202
            acknowledged.append(guid)


def test_whatever_was_acknowledged_survives_a_kill(server: Server) -> None:
    acknowledged: list[str] = []
    with ThreadPoolExecutor(8) as pool:
        senders = [pool.submit(send_until_refused, server, each, acknowledged) for each in range(8)]
        wait_until(lambda: len(acknowledged) > 200)
        (worker,) = server.workers()
        server.process.kill()
        os.kill(worker, signal.SIGKILL)
        for each in senders:
            each.result(30)
    assert len(acknowledged) > 200
    assert [guid for guid in acknowledged if server.store.deliveries.seen(guid) != "pending"] == []


def test_a_killed_worker_is_replaced(server: Server) -> None:
    (worker,) = server.workers()
    os.kill(worker, signal.SIGKILL)
    wait_until(lambda: server.workers() not in ([], [worker]))
    assert server.post("after") == 202


def test_a_chunked_body_without_end_is_refused(server: Server) -> None:
    chunks = (b"x" * 1_000_000 for _ in range(LIMIT // 1_000_000 + 2))
    assert server.post("endless", chunks) == 413


def test_a_chunked_body_is_as_good_as_any(server: Server) -> None:
    assert server.post("chunked", iter([BODY[:5], BODY[5:]])) == 202
    assert server.store.deliveries.seen("chunked") == "pending"


@pytest.mark.parametrize(
    "rest",
    [
        b"Content-Length: -1\r\n\r\n{}",
        b"Content-Length: 1e3\r\n\r\n{}",
        b"Content-Length: 99999999999999999999\r\n\r\n{}",
        b"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n",
        b"\r\n",
    ],
)
def test_broken_framing_is_the_senders_fault(server: Server, rest: bytes) -> None:
    with socket.create_connection(tuple_of(server.address), timeout=30) as raw:
        raw.sendall(b"POST /webhooks/github HTTP/1.1\r\nHost: tidegate.test\r\n" + rest)
        raw.shutdown(socket.SHUT_WR)
        status = raw.makefile("rb").readline()
    assert status.split()[1:2] in ([b"400"], [b"401"], [b"413"]), status


def test_wrong_settings_are_told_at_once_and_all_together() -> None:
    wrong = {**ENVIRONMENT, "TIDEGATE_DOMAIN": "not a name", "GITHUB_APP_ID": ""}
    done = subprocess.run(
        [sys.executable, "-m", "gunicorn", "-c", "python:webapp.server", "--bind", "127.0.0.1:0", "webapp.wsgi:app"],
        env={"PATH": os.environ["PATH"], **wrong},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode != 0
    assert "TIDEGATE_DOMAIN" in done.stderr
    assert "GITHUB_APP_ID" in done.stderr
    assert "Traceback" not in done.stderr


def tuple_of(address: str) -> tuple[str, int]:
    host, port = address.split(":")
    return host, int(port)
