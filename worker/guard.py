"""Keeps instances from their machine's own doors, where that machine is this one: puts the rules in place, again and
again, since whoever else changes the packet filter may lose them."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Sequence

import structlog

from tidegate.guard import BRIDGES, CHAIN, closed_ports, rules
from tidegate.settings import Settings

#: Through the first that is there goes what a container sends beyond its machine; Docker leaves DOCKER-USER to others:
#: https://docs.docker.com/engine/network/packet-filtering-firewalls/
_FORWARDS = ("DOCKER-USER", "FORWARD")
_LOCAL = "unix://"
#: Seconds for one call, which waits for others that change the filter.
_PATIENCE = 10

log = structlog.get_logger(__name__)


class NotGuarded(Exception):
    """The message says why."""


class Guard:
    """`command` is what comes before each call, such as `ip netns exec NAME`."""

    def __init__(self, command: Sequence[str] = (), bridges: str = BRIDGES, chain: str = CHAIN) -> None:
        self._command, self._bridges, self._chain = tuple(command), bridges, chain

    def put(self, ports: Sequence[int]) -> None:
        """Doing it twice does it once. Raises NotGuarded."""
        if os.geteuid() != 0 or shutil.which("iptables") is None:
            raise NotGuarded("it takes root, and iptables")
        self._must("iptables-restore", "--noflush", "--wait", told=rules(ports, self._bridges, self._chain))
        forward = next(
            name for name in _FORWARDS if name == _FORWARDS[-1] or self._call("iptables", "-nL", name) is None
        )
        for hook in (forward, "INPUT"):
            if self._call("iptables", "--wait", "-C", hook, "-j", self._chain) is not None:
                self._must("iptables", "--wait", "-I", hook, "1", "-j", self._chain)

    def _must(self, *arguments: str, told: str = "") -> None:
        trouble = self._call(*arguments, told=told)
        if trouble is not None:
            raise NotGuarded(f"{arguments[0]}: {trouble}")

    def _call(self, *arguments: str, told: str = "") -> str | None:
        """None: it was done; else what it says."""
        try:
            done = subprocess.run(
                (*self._command, *arguments), input=told, capture_output=True, text=True, timeout=_PATIENCE, check=False
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            return str(error)
        return None if done.returncode == 0 else done.stderr.strip() or f"exit code {done.returncode}"


def keep_guard(settings: Settings, before: str | None, guard: Guard | None = None) -> str | None:
    """Puts the rules in place where a Docker host is this machine. What keeps it from that, which is logged where it
    differs from `before`; None: nothing does."""
    if not settings.guard or not any(host.url.startswith(_LOCAL) for host in settings.hosts):
        return None
    try:
        (guard or Guard()).put(closed_ports(settings.closed_ports, settings.redis_url))
    except NotGuarded as trouble:
        if str(trouble) != before:
            log.warning("instances can reach this machine's own ports and metadata addresses", trouble=str(trouble))
        return str(trouble)
    return None
