"""Instances of a host elsewhere publish their ports at its address: this machine's own stands for it."""

from __future__ import annotations

import socket
from dataclasses import replace

import pytest

from tests.waiting import wait_until
from tests.worker.hosts.docker_host import URL, Host
from worker.hosts import DockerEngine
from worker.ports import Container

pytestmark = pytest.mark.docker

_TALKS = "nc -ll -p 3000 -e echo hello"


def _answers(container: Container) -> bool:
    assert container.address is not None
    assert container.port is not None
    with socket.create_connection((container.address, container.port), 5) as connection:
        return connection.recv(5) == b"hello"


def _reached(container: Container) -> None:
    """The proxy that publishes takes connections before anybody listens behind it."""
    wait_until(lambda: _answers(container))


def test_one_that_listens_is_reached_at_the_hosts_address_and_is_so_again_after_each_start(host: Host) -> None:
    engine = DockerEngine("there", URL, address="127.0.0.1")
    wanted = replace(host.spec(_TALKS), listens=True)
    started = engine.start(wanted)
    assert (started.address, started.port is not None) == ("127.0.0.1", True)
    _reached(started)
    engine.stop(started.id, "SIGKILL")
    wait_until(lambda: (seen := engine.inspect(started.id)) is not None and not seen.running)
    again = engine.start(wanted)
    assert again.id == started.id
    _reached(again)


def test_a_name_leaves_it_published_and_at_its_own_address_for_its_peers(host: Host) -> None:
    engine = DockerEngine("there", URL, address="127.0.0.1")
    started = engine.start(replace(host.spec(_TALKS), listens=True))
    own = host.engine_address(started.id)
    named = engine.alias(started.id, frozenset({"api"}), started.address or "")
    assert named is not None
    assert named.aliases == {"api"}
    assert host.engine_address(started.id) == own
    _reached(named)


def test_what_does_not_listen_is_published_nowhere(host: Host) -> None:
    started = DockerEngine("there", URL, address="127.0.0.1").start(host.spec("sleep 1000"))
    assert started.port is None
