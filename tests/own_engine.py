"""A Docker Engine of a test's own, beside the machine's, which the test may kill and start again.

It has a directory and a network namespace of its own: a daemon with address pools of its own takes the bridge `docker0`
away when it starts again, and in one namespace with the machine's engine that would be that one's. Its containers
are reached by a route, so it leaves the packet filter alone.
"""

from __future__ import annotations

import json
import os
import random
import secrets
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest

from cli.ready import listens_on
from tests.waiting import wait_until

#: Seconds for the daemon to answer, and for its end with all of its containers.
_PATIENCE = 60.0
#: As cli/child.py: it ends with us, however we end.
_DIES_WITH_US = ("setpriv", "--pdeathsig", "TERM", "--")


class OwnEngine:
    """Made by `own_engine`; `gateway` is this machine's address, where its containers and builds reach the test.
    `runtimes`: programs that run containers, beside the one that every engine has, by name. `size`: of its disk, as
    mount(8) has it for a tmpfs; None: this machine's own."""

    def __init__(self, place: Path, runtimes: Mapping[str, Path], size: str | None = None) -> None:
        self._place = place
        self._size = size
        self._runtimes = runtimes
        self._name = f"tgo{secrets.token_hex(3)}"
        # Neither the pools that engines have by default nor where the product looks for more.
        self._addresses = f"10.{random.randrange(100, 160)}"  # beside others that do the same
        self.gateway, self._far = f"{self._addresses}.254.1", f"{self._addresses}.254.2"
        self._inside = ("nsenter", f"--net=/run/netns/{self._name}")
        self._socket = place / "docker.sock"
        self.url = f"unix://{self._socket}"
        self._containerd = place / "containerd.sock"
        self._processes: dict[str, subprocess.Popen[bytes]] = {}

    def prepare(self) -> None:
        """What stays while the daemon comes and goes, containerd among it, as where both are a system's services."""
        if self._size is not None:
            (self._place / "data").mkdir()
            _do("mount", "-t", "tmpfs", "-o", f"size={self._size}", "tmpfs", str(self._place / "data"))
        near, far, bridge = f"{self._name}h", f"{self._name}c", "services"
        _do("ip", "netns", "add", self._name)
        _do("ip", "link", "add", near, "type", "veth", "peer", "name", far, "netns", self._name)
        _do("ip", "address", "add", f"{self.gateway}/30", "dev", near)
        _do("ip", "link", "set", near, "up")
        _do("ip", "route", "add", f"{self._addresses}.0.0/16", "via", self._far)
        inside = (
            f"ip link set lo up; ip address add {self._far}/30 dev {far}; ip link set {far} up; "
            f"ip route add default via {self.gateway}; echo 1 >/proc/sys/net/ipv4/ip_forward; "
            f"ip link add name {bridge} type bridge; ip address add {self._addresses}.255.1/24 dev {bridge}; "
            f"ip link set {bridge} up"
        )
        _do(*self._inside, "sh", "-ec", inside)
        state = ("--root", str(self._place / "containerd"), "--state", str(self._place / "run"))
        self._run("containerd", *state, "--address", str(self._containerd))
        wait_until(listens_on(self._containerd), _PATIENCE)

    def start(self, *, live_restore: bool = False) -> None:
        """Until it answers. `live_restore`: containers outlive the daemon; else they end with it, at the latest when it
        starts again."""
        options = {
            "bridge": "services",
            "containerd": str(self._containerd),
            "data-root": str(self._place / "data"),
            "default-address-pools": [{"base": f"{self._addresses}.0.0/16", "size": 24}],
            "exec-root": str(self._place / "exec"),
            "hosts": [self.url],
            "ip-forward": False,
            "iptables": False,
            "live-restore": live_restore,
            "pidfile": str(self._place / "pid"),
            "runtimes": {name: {"path": str(path)} for name, path in self._runtimes.items()},
        }
        (self._place / "daemon.json").write_text(json.dumps(options))
        # One that was killed leaves its number behind, which somebody else may have by now.
        (self._place / "pid").unlink(missing_ok=True)
        self._run("dockerd", "--config-file", str(self._place / "daemon.json"))
        wait_until(self._answers, _PATIENCE)

    def _run(self, *command: str) -> None:
        with self._log(command[0]).open("ab") as log:
            line = (*_DIES_WITH_US, *self._inside, *command)
            self._processes[command[0]] = subprocess.Popen(line, stdout=log, stderr=log, start_new_session=True)

    def _log(self, name: str) -> Path:
        return self._place / f"{name}.log"

    def _answers(self) -> bool:
        assert self._processes["dockerd"].poll() is None, self._log("dockerd").read_text()[-3000:]
        asked = ("docker", "--host", self.url, "version")
        return listens_on(self._socket)() and subprocess.run(asked, capture_output=True, check=False).returncode == 0

    def kill(self) -> None:
        """kill -9 of the daemon."""
        daemon = self._processes["dockerd"]
        os.kill(daemon.pid, signal.SIGKILL)
        daemon.wait()

    def stop(self) -> None:
        """With all that it runs."""
        if (daemon := self._processes.get("dockerd")) is not None:
            if daemon.poll() is not None:
                self.start()
            self._clear()
        for each in reversed(self._processes.values()):
            each.terminate()
            each.wait(_PATIENCE)
        subprocess.run(("ip", "netns", "delete", self._name), capture_output=True, check=False)
        for mount in self._mounts():
            subprocess.run(("umount", mount), capture_output=True, check=False)

    def _mounts(self) -> list[str]:
        """Those that a kill has left, the innermost first."""
        found = [line.split()[1] for line in Path("/proc/mounts").read_text().splitlines()]
        return sorted((each for each in found if each.startswith(f"{self._place}/")), reverse=True)

    def _clear(self) -> None:
        docker = ("docker", "--host", self.url)
        listed = subprocess.run((*docker, "ps", "--all", "--quiet"), capture_output=True, text=True, check=True).stdout
        if listed:
            subprocess.run((*docker, "rm", "--force", "--volumes", *listed.split()), capture_output=True, check=False)


def _do(*command: str) -> None:
    subprocess.run(command, capture_output=True, check=True)


@contextmanager
def own_engine(runtimes: Mapping[str, Path] | None = None, size: str | None = None) -> Iterator[OwnEngine]:
    """Up, and the one that `docker` commands of this process go to, until the end of the block."""
    place = Path(tempfile.mkdtemp(prefix="tg-engine-", dir="/tmp"))  # a socket's path may have 107 bytes
    engine = OwnEngine(place, runtimes or {}, size)
    try:
        engine.prepare()
        engine.start()
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("DOCKER_HOST", engine.url)
            yield engine
    finally:
        engine.stop()
        shutil.rmtree(place)
