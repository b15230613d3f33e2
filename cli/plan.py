"""`tidegate plan`: the Dockerfile that a deploy would make for a directory, to be read, or kept as one's own."""

from __future__ import annotations

import sys
from pathlib import Path

from tidegate import plans
from tidegate.plans import NoPlan, Wishes
from worker import planning


def plan(directory: Path) -> int:
    """Prints it; where none can be told, says why on stderr and returns 1."""
    if not directory.is_dir():
        print(f"there is no directory {directory}", file=sys.stderr)
        return 1
    try:
        print(plans.dockerfile(plans.plan(planning.read(directory), Wishes())), end="")
    except NoPlan as none:
        print(none.reason, file=sys.stderr)
        return 1
    return 0
