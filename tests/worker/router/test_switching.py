"""Requests across switches, on a real HAProxy: none fails, none is cut, each next one goes where the table says."""

from __future__ import annotations

import http.client
from collections.abc import Callable

import pytest

from tests.load import load
from tests.worker.router.origins import UPGRADE, Origins
from tests.worker.router.proxy import Proxy
from tests.worker.router.service import HOST, Service


@pytest.fixture
def service(proxy: Proxy, servers: Origins) -> Service:
    return Service(proxy, servers)


each_kind = pytest.mark.parametrize("keep_alive", [True, False], ids=["keep-alive", "new-connections"])


def test_the_load_counts_what_fails(proxy: Proxy) -> None:
    with load(f"http://{proxy.bind}/", "unknown.test", at_most=1) as visitors:
        seen = visitors.wait()
    assert seen.failed == seen.status == seen.requests > 0


@each_kind
def test_no_request_fails_in_twenty_switches(service: Service, *, keep_alive: bool) -> None:
    service.deploy("d0")
    with load(f"http://{service.proxy.bind}/", HOST, keep_alive=keep_alive) as visitors:
        for number in range(1, 21):
            service.deploy(f"d{number}")
            service.end(f"d{number - 1}")
        seen = visitors.result()
    assert seen.requests > 1000
    assert seen.failed == 0, seen


@each_kind
def test_no_request_fails_while_instances_are_replaced_one_at_a_time_or_taken_back(
    service: Service, *, keep_alive: bool
) -> None:
    service.deploy("d0", instances=3)
    with load(f"http://{service.proxy.bind}/", HOST, keep_alive=keep_alive) as visitors:
        for number in range(1, 21):
            service.roll(f"d{number}", fails=number % 2 == 1)
        seen = visitors.result()
    assert seen.requests > 1000
    assert seen.failed == 0, seen


@each_kind
def test_no_request_fails_when_slots_run_out(service: Service, *, keep_alive: bool) -> None:
    service.deploy("d0")
    with load(f"http://{service.proxy.bind}/", HOST, keep_alive=keep_alive) as visitors:
        for number in range(1, 7):
            service.crowd(24)
            service.deploy(f"d{number}")
        seen = visitors.result()
    assert service.proxy.running().slots == 256, "two reloads"
    assert seen.requests > 1000
    assert seen.failed == 0, seen


def test_a_kept_connection_goes_to_the_new_deployment_with_its_next_request(service: Service) -> None:
    service.deploy("old")
    with service.proxy.client() as client:
        assert ask(client) == (200, "old")
        kept = client.sock
        service.deploy("new")
        assert ask(client) == (200, "new")
        assert client.sock is kept


def test_a_kept_connection_outlives_a_reload_by_one_answer(service: Service) -> None:
    service.deploy("old")
    with service.proxy.client() as client:
        assert ask(client) == (200, "old")
        service.crowd(64)
        service.apply()
        assert ask(client) == (200, "old")
        assert client.sock is None, "told to connect again, to the new process"


def switch(service: Service) -> None:
    service.deploy("new")


def switch_and_retire(service: Service) -> None:
    service.deploy("new")
    service.retire("old")


def switch_with_a_reload(service: Service) -> None:
    service.crowd(64)
    service.deploy("new")


each_change = pytest.mark.parametrize("change", [switch, switch_and_retire, switch_with_a_reload])


@each_change
def test_a_long_answer_is_not_cut(service: Service, change: Callable[[Service], None]) -> None:
    service.deploy("old")
    with service.proxy.client() as client:
        client.request("GET", "/long", headers={"Host": HOST})
        answer = client.getresponse()
        assert answer.read(5) == b"first"
        change(service)
        service.servers.release()
        assert answer.read() == b"last"


@each_change
def test_a_web_socket_is_not_cut(service: Service, change: Callable[[Service], None]) -> None:
    service.deploy("old")
    with service.proxy.connect() as client, client.makefile("rwb", buffering=0) as lines:
        lines.write(UPGRADE.format(HOST).encode())
        assert b" 101 " in lines.readline()
        while lines.readline() != b"\r\n":
            pass
        change(service)
        lines.write(b"still here\n")
        assert lines.readline() == b"still here\n"


def test_a_server_that_is_still_in_use_is_removed_by_a_later_apply(service: Service) -> None:
    service.deploy("old")
    with service.proxy.client() as client:
        client.request("GET", "/long", headers={"Host": HOST})
        answer = client.getresponse()
        switch_and_retire(service)
        assert service.proxy.deployments() == {"old", "new"}
        service.servers.release()
        answer.read()
        service.wait_for_removal("old")


def test_requests_pass_by_an_instance_that_refuses(service: Service) -> None:
    service.deploy("one", instances=2)
    service.servers.stop(service.instances("one")[0])
    assert {service.proxy.get(HOST) for _ in range(20)} == {(200, "one")}


def test_a_connection_that_the_container_just_closed_fails_no_safe_request(service: Service) -> None:
    """Servers close idle connections when they like, also the one that the next request was to use."""
    service.deploy("one")
    with service.proxy.client() as client:
        assert [ask(client, "/fickle") for _ in range(5)] == [(200, "one")] * 5


def test_a_request_that_may_have_had_an_effect_is_never_sent_twice(service: Service) -> None:
    service.deploy("one")
    with service.proxy.client() as client:
        assert ask(client, "/dies", "POST")[0] == 502
    assert service.servers.heard.count("POST /dies") == 1


def ask(client: http.client.HTTPConnection, path: str = "/", method: str = "GET") -> tuple[int, str]:
    client.request(method, path, headers={"Host": HOST})
    answer = client.getresponse()
    return answer.status, answer.read().decode()
