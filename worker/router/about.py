"""What the router is: the version of its program, and whether it answers."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

from worker.ports import Unavailable
from worker.router.runtime import Runtime

_VERSION = re.compile(r"HAProxy version (\S+?)[-\s]")


def version() -> str | None:
    """None: there is no such program."""
    try:
        told = subprocess.run(("haproxy", "-v"), capture_output=True, text=True, timeout=10, check=False).stdout
    except (OSError, subprocess.TimeoutExpired):
        return None
    found = _VERSION.search(told)
    return found[1] if found else None


def routes(directory: Path) -> tuple[int | None, str]:
    """How many host names it knows; None where it doesn't answer, and why."""
    try:
        return len(Runtime(directory).running().hosts), ""
    except Unavailable as trouble:
        return None, str(trouble)
