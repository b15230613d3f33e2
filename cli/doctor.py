"""`tidegate doctor`: is this server well set up? Each line is ok, or says what to do; on the workers' machine."""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping, Sequence

import yaml

from cli.up import MISSING, read, with_data
from tidegate import setup
from tidegate.checkup.line import Line

Told = argparse.Namespace


def add_to(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser("doctor", help="look whether everything is as it must be; exits 1 if something isn't")
    parser.add_argument("--json", action="store_true", help="for programs")
    parser.set_defaults(run=_run)


def _run(environment: Mapping[str, str], told: Told) -> int:
    settings, trouble = read(with_data(environment))
    if settings is None:
        lines = [Line("settings", ok=False, said=each.replace("\n      ", ": "), todo="") for each in trouble]
        print(shown(lines, as_json=told.json))
        return MISSING
    from worker.checkup.run import check_up
    from worker.wiring import make

    parts = make(settings, "tidegate-doctor")
    try:
        lines = check_up(parts, yaml.safe_load(setup.MANIFEST.read_text()))
    finally:
        parts.store.close()
    print(shown(lines, as_json=told.json))
    return 0 if all(line.ok for line in lines) else 1


def shown(lines: Sequence[Line], *, as_json: bool) -> str:
    if as_json:
        return json.dumps({"ok": all(line.ok for line in lines), "lines": [vars(line) for line in lines]}, indent=2)
    amiss = sum(not line.ok for line in lines)
    ending = f"{amiss} of {len(lines)} must be looked at." if amiss else "All is well."
    return "\n".join((*map(str, lines), "", ending))
