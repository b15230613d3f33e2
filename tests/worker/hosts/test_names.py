"""What has a name is reached by it, and keeps its connections while it gets it or loses it."""

from __future__ import annotations

import subprocess
from dataclasses import replace

import pytest

from tests.waiting import wait_until
from tests.worker.hosts.docker_host import Host

pytestmark = pytest.mark.docker

#: Says a line to each connection, and one more each tenth of a second.
_TALKS = "nc -ll -p 3000 -e sh -c 'while echo more; do sleep 0.1; done'"
#: Writes down what it hears.
_LISTENS = "nc {address} 3000 >/heard; echo over >/over"


def _inside(container: str, command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ("docker", "exec", container, "sh", "-c", command), capture_output=True, text=True, check=False
    )


def _heard(container: str) -> int:
    return int(_inside(container, "wc -l </heard").stdout or 0)


def test_a_name_leads_to_who_has_it_and_no_connection_is_cut(host: Host) -> None:
    server = host.engine.start(host.spec(_TALKS))
    listener = host.engine.start(host.spec(_LISTENS.format(address=server.address)))
    wait_until(lambda: _heard(listener.id) > 0)
    assert _inside(listener.id, "nc api 3000 </dev/null | head -1").stdout == "", "nobody has the name yet"

    host.engine.alias(server.id, frozenset({"api"}), server.address or "")
    before = _heard(listener.id)
    wait_until(lambda: _heard(listener.id) > before + 2)
    assert _inside(listener.id, "nc api 3000 </dev/null | head -1").stdout == "more\n"

    host.engine.alias(server.id, frozenset(), server.address or "")
    before = _heard(listener.id)
    wait_until(lambda: _heard(listener.id) > before + 2)
    assert _inside(listener.id, "nc api 3000 </dev/null | head -1").stdout == ""
    assert _inside(listener.id, "cat /over").stdout == "", "one connection all the time"


def test_what_was_cut_short_is_brought_back_to_its_network(host: Host) -> None:
    server = host.engine.start(host.spec(_TALKS))
    host.client.networks.get(host.network).disconnect(server.id)
    cut_off = host.engine.inspect(server.id)
    assert cut_off is not None
    assert cut_off.address is None
    again = host.engine.alias(server.id, frozenset({"api"}), server.address or "")
    assert again == host.engine.inspect(server.id)
    assert again is not None
    assert (again.address, again.aliases) == (server.address, frozenset({"api"}))


def test_in_a_network_of_an_earlier_version_it_may_move(host: Host) -> None:
    """Such a network takes no address from us: the name comes first."""
    name = f"{host.network}-earlier"
    host.client.networks.create(name, driver="bridge")
    server = host.engine.start(replace(host.spec(_TALKS), network=name))
    named = host.engine.alias(server.id, frozenset({"api"}), server.address or "")
    assert named is not None
    assert named.aliases == {"api"}
    assert named.address
