"""The proxy's process: its files before the start, how to become it, how to stop it."""

from __future__ import annotations

import os
import shutil
import signal
import time
from pathlib import Path
from typing import NoReturn

from tidegate.door import Tls
from worker.ports import Unavailable
from worker.router.config import MASTER_SOCKET
from worker.router.files import HAPROXY_CFG, RouterFiles
from worker.router.runtime import Runtime

#: Stops accepting, lets requests in flight end, then exits; SIGTERM cuts them off. Bound it by a SIGTERM after a while.
STOP_SIGNAL = signal.SIGUSR1

_EVICTION_TIMEOUT = 5.0  # seconds


def become(directory: Path, bind: str, tls: Tls | None) -> NoReturn:
    """Replaces this process by HAProxy, so that signals and the process id are its own. FileNotFoundError without
    HAProxy; Unusable as `prepare`.

    It has nothing of our environment: it is what the outside speaks to, and has no use for our secrets.
    """
    line = command(directory)
    prepare(directory, bind, tls)
    os.execve(line[0], line, {})  # noqa: S606 - no shell is the point


def prepare(directory: Path, bind: str, tls: Tls | None = None) -> None:
    """Writes the files from the last table (an empty one at first), and ends a proxy that an earlier run left behind.
    Raises Unusable where there is no certificate to begin with.

    A directory has one proxy: a second would hold the address, or serve a table that nobody keeps.
    """
    files = RouterFiles(directory, bind, tls)
    with files.lock():
        files.renew()
        _evict(Runtime(directory))
        files.save(files.load())


def command(directory: Path) -> list[str]:
    """In the foreground, as master and worker, so that it can be reloaded. FileNotFoundError without HAProxy."""
    # Debian and Ubuntu install it where only root's PATH leads.
    program = shutil.which("haproxy") or shutil.which("haproxy", path="/usr/local/sbin:/usr/sbin")
    if program is None:
        raise FileNotFoundError("haproxy is not installed: apt-get install haproxy")
    socket = f"unix@{MASTER_SOCKET},mode,600,level,admin"
    return [program, "-W", "-db", "-C", str(directory.resolve()), "-f", HAPROXY_CFG, "-S", socket]


def _evict(runtime: Runtime) -> None:
    try:
        os.kill(runtime.master(), signal.SIGTERM)
    except (Unavailable, ProcessLookupError):
        return
    deadline = time.monotonic() + _EVICTION_TIMEOUT
    while time.monotonic() < deadline:
        try:
            runtime.master()
        except Unavailable:
            return
        time.sleep(0.01)
