"""Keeps instances from their machine's own doors, where that machine is this one: puts the rules in place, again and
again, since whoever else changes the packet filter may lose them."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

import structlog

from tidegate.guard import BRIDGES, CHAIN, closed_ports, script
from tidegate.settings import Settings

#: Seconds for all of it, which waits for others that change the filter.
_PATIENCE = 30
#: CAP_NET_ADMIN's bit: capabilities(7), linux/capability.h.
_NET_ADMIN = 12

log = structlog.get_logger(__name__)


class NotGuarded(Exception):
    """The message says why."""


class Guard:
    """`command` is what comes before it, such as `ip netns exec NAME`."""

    def __init__(self, command: Sequence[str] = (), bridges: str = BRIDGES, chain: str = CHAIN) -> None:
        self._command, self._bridges, self._chain = tuple(command), bridges, chain

    def put(self, ports: Sequence[int]) -> None:
        """Doing it twice does it once. Raises NotGuarded."""
        if not _may() or shutil.which("iptables") is None:
            raise NotGuarded("it takes root (or CAP_NET_ADMIN), and iptables")
        told = script(ports, self._bridges, self._chain)
        try:
            done = subprocess.run(
                (*self._command, "sh"), input=told, capture_output=True, text=True, timeout=_PATIENCE, check=False
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise NotGuarded(str(error)) from error
        if done.returncode != 0:
            raise NotGuarded(done.stderr.strip() or f"exit code {done.returncode}")


def _may() -> bool:
    """Whether the kernel lets us change the packet filter: root in a container may be without that power, and whoever
    has it need not be root."""
    try:
        told = Path("/proc/self/status").read_text()
    except OSError:
        return False
    effective = re.search(r"^CapEff:\s*([0-9a-f]+)$", told, re.MULTILINE)
    return effective is not None and bool(int(effective[1], 16) >> _NET_ADMIN & 1)


def keep_guard(settings: Settings, before: str | None, guard: Guard | None = None) -> str | None:
    """Puts the rules in place where a Docker host is this machine. What keeps it from that, which is logged where it
    differs from `before`; None: nothing does."""
    if not settings.guard or not any(host.local for host in settings.hosts):
        return None
    try:
        (guard or Guard()).put(closed_ports(settings.closed_ports, settings.redis_url))
    except NotGuarded as trouble:
        if str(trouble) != before:
            log.warning("instances can reach this machine's own ports and metadata addresses", trouble=str(trouble))
        return str(trouble)
    return None
