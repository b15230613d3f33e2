"""Clients that are safe to share, and errors in two words."""

from __future__ import annotations

import json
import os
import socket
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests
from docker.errors import APIError

from tests.worker.hosts.docker_host import URL
from tests.worker.raw_server import RawServer
from worker.hosts.connection import Connection
from worker.ports import Away, Refused, Unavailable


def answered(status: int, explanation: str) -> APIError:
    response = requests.Response()
    response.status_code = status
    return APIError("error", response, explanation)


@pytest.mark.parametrize(
    ("error", "raised", "said"),
    [
        (answered(404, "No such image: x"), Refused, "No such image: x"),
        (answered(400, "invalid reference format"), Refused, "invalid reference format"),
        (answered(500, "OCI runtime create failed: exec format error"), Refused, "exec format error"),
        (answered(500, "driver failed"), Unavailable, "driver failed"),
        (answered(500, "write /x: no space left on device"), Unavailable, "out of disk space"),
        (requests.ConnectionError("refused"), Away, "can't be reached"),
        (requests.ReadTimeout("slow"), Away, "can't be reached"),
        (ConnectionResetError(104, "reset by peer"), Away, "can't be reached"),
    ],
)
def test_every_error_is_one_of_two(error: Exception, raised: type[Exception], said: str) -> None:
    with pytest.raises(raised, match=said) as seen, Connection("local", URL).translated():
        raise error
    assert isinstance(seen.value, Away) == (raised is Away), "what answers, however badly, is not away"


def test_where_a_host_is_that_went_away_is_for_who_runs_it() -> None:
    url, met = "tcp://10.20.30.40:2376", requests.ConnectionError("host='10.20.30.40', port=2376: refused")
    with pytest.raises(Away) as seen, Connection("east", url).translated():
        raise met
    assert str(seen.value) == "Docker host east can't be reached. Is it running?"
    assert all(told in seen.value.detail for told in ("east", url, "refused"))


def test_a_slow_link_may_take_as_long_for_what_is_sent_as_for_the_answer() -> None:
    """urllib3 sends under the timeout to connect. That the host is there is found out before, with the usual one."""

    def engine(connection: socket.socket, _: threading.Event) -> None:
        body = json.dumps({"ApiVersion": "1.41"})
        head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n"
        connection.sendall(f"{head}Connection: close\r\n\r\n{body}".encode())

    server = RawServer(engine)
    with server.serving():
        connection = Connection("far", f"tcp://127.0.0.1:{server.port}")
        with connection.fresh_client() as usual, connection.fresh_client(600) as slow:
            timeouts: list[object] = [usual.timeout, slow.timeout]
    assert timeouts == [(5, 30), 600]
    assert len(server.requests) == 2, "each was asked for the version"


@pytest.mark.docker
def test_each_thread_has_a_client_of_its_own_and_keeps_it() -> None:
    connection = Connection("local", URL)
    with ThreadPoolExecutor(1) as pool:
        others = pool.submit(connection.client).result()
        assert pool.submit(connection.client).result() is others
        assert connection.client() is connection.client()
        assert connection.client() is not others
        pool.submit(others.close).result()
    connection.client().close()


@pytest.mark.docker
def test_a_client_does_not_cross_a_fork(monkeypatch: pytest.MonkeyPatch) -> None:
    connection = Connection("local", URL)
    before = connection.client()
    monkeypatch.setattr(os, "getpid", lambda: -1)
    after = connection.client()
    assert after is not before
    assert after.ping()
    before.close()
    after.close()


@pytest.mark.docker
def test_certificates_and_proxies_of_the_web_are_not_for_docker_hosts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/nonexistent/web.pem")
    monkeypatch.setenv("CURL_CA_BUNDLE", "/nonexistent/web.pem")
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:1")
    client = Connection("local", URL).client()
    settings = client.merge_environment_settings("https://docker.example:2376/", {}, None, None, None)
    assert settings["verify"] is True
    assert not settings["proxies"]
    client.close()
