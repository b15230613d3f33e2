"""`tidegate doctor`: is this server well set up? Each line is ok, or says what to do; on the workers' machine."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from cli.bar import bar
from cli.command import Shown, Told, alone
from cli.trouble import Exit
from tidegate.checkup.line import Line

if TYPE_CHECKING:
    from cli.command import Commands


def add_to(commands: Commands) -> None:
    parser = commands.add_parser("doctor", help="look whether everything is as it must be; exits 1 if something isn't")
    parser.set_defaults(run=alone(_doctor))


def _doctor(environment: Mapping[str, str], told: Told) -> Shown:
    import yaml

    from cli.up import MISSING, read, with_data
    from tidegate import setup

    settings, trouble = read(with_data(environment))
    if settings is None:
        amiss = [Line("settings", ok=False, said=each.replace("\n      ", ": "), todo="") for each in trouble]
        return shown(amiss, MISSING)
    from cli import notes
    from worker.checkup.run import check_up
    from worker.wiring import make

    notes.to_stderr()
    parts = make(settings, "tidegate-doctor")
    try:
        with bar(sys.stderr, quiet=told.json) as at:
            lines = check_up(parts, yaml.safe_load(setup.MANIFEST.read_text()), at)
    finally:
        parts.store.close()
    return shown(lines)


def shown(lines: Sequence[Line], code: int = Exit.FAILED) -> Shown:
    """`code`: where something is amiss."""
    amiss = sum(not line.ok for line in lines)
    ending = f"{amiss} of {len(lines)} must be looked at." if amiss else "All is well."
    document = {"ok": not amiss, "lines": [vars(line) for line in lines]}
    return Shown(document, [*map(str, lines), "", ending], code if amiss else Exit.DONE)
