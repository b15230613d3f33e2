"""On a real packet filter, of a machine that is two network namespaces: a host, and an instance on its bridge."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.waiting import wait_until
from tests.worker.house import House
from worker.guard import Guard, NotGuarded, keep_guard

_SERVES = """
import socket, sys, threading
def serve(address, port):
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    listening = socket.create_server((address, port), family=family)
    while True:
        listening.accept()[0].close()
for each in sys.argv[1:]:
    address, _, port = each.rpartition(":")
    threading.Thread(target=serve, args=(address, int(port))).start()
"""
_ASKS = "import socket, sys; socket.create_connection((sys.argv[1], int(sys.argv[2])), timeout=2)"
CONTROL, PUBLIC, METADATA = ("10.99.9.1", 2375), ("10.99.9.1", 8080), ("169.254.169.254", 80)
AZURE, AZURE_RESOLVER = ("168.63.129.16", 80), ("168.63.129.16", 53)
CONTROL_6, PUBLIC_6, METADATA_6 = ("fd99::1", 2375), ("fd99::1", 8080), ("fd00:ec2::254", 80)
_PLACES = (CONTROL, PUBLIC, METADATA, AZURE, AZURE_RESOLVER, CONTROL_6, PUBLIC_6, METADATA_6)


class Machine:
    def __init__(self, mark: str) -> None:
        self.host, self.instance = f"tgh{mark}", f"tgi{mark}"
        for name in (self.host, self.instance):
            ip("netns", "add", name)
        ip("link", "add", "tg-1", "netns", self.host, "type", "veth", "peer", "eth0", "netns", self.instance)
        for name, device, address in (
            (self.host, "tg-1", "10.99.9.1/24"),
            (self.host, "lo", "169.254.169.254/32"),
            (self.host, "lo", "168.63.129.16/32"),
            (self.instance, "eth0", "10.99.9.2/24"),
            (self.host, "tg-1", "fd99::1/64"),
            (self.host, "lo", "fd00:ec2::254/128"),
            (self.instance, "eth0", "fd99::2/64"),
        ):
            # An IPv6 address is used at once where nobody asks first whether it is another's.
            ip("-n", name, "address", "add", address, "dev", device, *(["nodad"] if address.startswith("fd") else []))
            ip("-n", name, "link", "set", device, "up")
        for gateway in ("10.99.9.1", "fd99::1"):
            ip("-n", self.instance, "route", "add", "default", "via", gateway)
        serves = (f"{address}:{port}" for address, port in _PLACES)
        self._serving = subprocess.Popen((*self.within(self.host), sys.executable, "-c", _SERVES, *serves))

    def within(self, name: str) -> tuple[str, ...]:
        return ("ip", "netns", "exec", name)

    def reaches(self, place: tuple[str, int], name: str | None = None) -> bool:
        asks = (*self.within(name or self.instance), sys.executable, "-c", _ASKS, place[0], str(place[1]))
        return subprocess.run(asks, capture_output=True, check=False).returncode == 0

    def filter(self, command: str = "iptables") -> str:
        line = (*self.within(self.host), command, "-S")
        return subprocess.run(line, capture_output=True, text=True, check=True).stdout

    def close(self) -> None:
        self._serving.kill()
        self._serving.wait()
        for name in (self.host, self.instance):
            subprocess.run(("ip", "netns", "del", name), capture_output=True, check=False)


def ip(*arguments: str) -> None:
    subprocess.run(("ip", *arguments), capture_output=True, check=True)


@pytest.fixture
def machine() -> Iterator[Machine]:
    if os.geteuid() != 0 or shutil.which("iptables") is None or shutil.which("ip") is None:
        pytest.skip("it takes root, iptables and ip")
    made = Machine(uuid.uuid4().hex[:6])
    try:
        wait_until(lambda: all(made.reaches(place) for place in _PLACES))
        yield made
    finally:
        made.close()


def test_an_instance_reaches_neither_control_ports_nor_metadata_and_still_the_router(machine: Machine) -> None:
    Guard(machine.within(machine.host)).put([22, 2375])
    for place in (CONTROL, METADATA, AZURE, CONTROL_6, METADATA_6):
        assert not machine.reaches(place), place
        assert machine.reaches(place, machine.host), "the machine itself does"
    for place in (PUBLIC, AZURE_RESOLVER, PUBLIC_6):
        assert machine.reaches(place), place


def test_put_again_it_is_there_once_and_as_asked_for_last(machine: Machine) -> None:
    guard = Guard(machine.within(machine.host))
    guard.put([22])
    once = machine.filter(), machine.filter("ip6tables")
    guard.put([22])
    assert (machine.filter(), machine.filter("ip6tables")) == once
    assert machine.reaches(CONTROL)
    guard.put([2375])
    assert not machine.reaches(CONTROL)


def test_what_somebody_took_away_is_put_back_before_all_else(machine: Machine) -> None:
    guard, iptables = Guard(machine.within(machine.host)), (*machine.within(machine.host), "iptables")
    for hook in ("DOCKER-USER", "INPUT"):
        if hook == "DOCKER-USER":
            subprocess.run((*iptables, "-N", hook), check=True)
        subprocess.run((*iptables, "-A", hook, "-j", "ACCEPT"), check=True)
    guard.put([2375])
    subprocess.run((*iptables, "-D", "INPUT", "-j", "TIDEGATE"), check=True)
    assert machine.reaches(CONTROL)
    guard.put([2375])
    assert not machine.reaches(CONTROL)
    told = machine.filter().splitlines()
    for hook in ("DOCKER-USER", "INPUT"):
        own = [line for line in told if line.startswith(f"-A {hook} ")]
        assert own == [f"-A {hook} -j TIDEGATE", f"-A {hook} -j ACCEPT"], "others' rules stay"


def test_another_network_is_left_alone(machine: Machine) -> None:
    Guard(machine.within(machine.host), bridges="other-").put([2375])
    assert machine.reaches(CONTROL)
    assert machine.reaches(METADATA)


class _Refusing(Guard):
    def __init__(self) -> None:
        super().__init__()
        self.tried = 0

    def put(self, ports: object) -> None:
        self.tried += 1
        raise NotGuarded("it takes root, and iptables")


def test_one_that_can_not_be_put_says_what_the_filter_says(machine: Machine) -> None:
    with pytest.raises(NotGuarded, match="iptables"):
        Guard(machine.within(machine.host), chain="longer than the name of a chain may be").put([22])


def test_what_keeps_it_from_that_is_told_and_stops_nothing(tmp_path: Path) -> None:
    guard = _Refusing()
    assert (
        keep_guard(House(tmp_path / "on", TIDEGATE_GUARD="on").settings, None, guard) == "it takes root, and iptables"
    )
    far = f"far tcp://10.0.0.2:2376 certs={tmp_path}"
    elsewhere = House(tmp_path / "far", TIDEGATE_GUARD="on", TIDEGATE_HOSTS=far).settings
    off = House(tmp_path / "off").settings
    assert keep_guard(elsewhere, None, guard) is None
    assert keep_guard(off, None, guard) is None
    assert guard.tried == 1


@pytest.mark.skipif(os.geteuid() != 0, reason="it takes root to be without one of root's powers")
def test_root_without_the_power_over_the_filter_is_told_so() -> None:
    """As in a container that wasn't given it. Were it tried all the same, the kernel would refuse."""
    program = "from worker.guard import Guard; Guard().put([22])"
    limits = ("setpriv", "--bounding-set=-net_admin", "--inh-caps=-net_admin")
    done = subprocess.run((*limits, sys.executable, "-c", program), capture_output=True, text=True, check=False)
    assert "NotGuarded: it takes root (or CAP_NET_ADMIN), and iptables" in done.stderr
