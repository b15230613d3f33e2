"""`tidegate plan`: the Dockerfile that a deploy would make for a directory, to be read, or kept as one's own."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from cli.command import Shown, Told, alone
from cli.trouble import Refused

if TYPE_CHECKING:
    from cli.command import Commands


def add_to(commands: Commands) -> None:
    plan = commands.add_parser("plan", help="print the Dockerfile that a tree without one amounts to")
    plan.add_argument(
        "directory", nargs="?", type=Path, default=Path(), help="a service's `rootDir`; here, if left out"
    )
    plan.set_defaults(run=alone(_plan))


def _plan(_: Mapping[str, str], told: Told) -> Shown:
    from tidegate import plans
    from tidegate.plans import NoPlan, Wishes
    from worker import planning

    if not told.directory.is_dir():
        raise Refused(f"there is no directory {told.directory}")
    try:
        text = plans.dockerfile(plans.plan(planning.read(told.directory), Wishes()))
    except NoPlan as none:
        raise Refused(none.reason) from none
    return Shown({"dockerfile": text}, [text.removesuffix("\n")])
