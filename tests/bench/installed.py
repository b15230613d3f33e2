"""Processes as they are where only what running needs is installed. The benchmark's own environment has the tests'
packages as well, and one of them changes what is measured: structlog brings in rich wherever it finds it."""

from __future__ import annotations

import re
from importlib.metadata import packages_distributions
from pathlib import Path

_LOCK = Path(__file__).parents[2] / "requirements.txt"
#: A line that begins so names a package, with its extras or none.
_LOCKED = re.compile(r"^([\w.-]+)(?:\[.*\])?==", re.MULTILINE)
_OURS = "tidegate"
#: Python runs a module of this name, where it finds one, before anything else (its documentation: site).
_AT_START = "sitecustomize.py"
_HIDING = """\
import sys


class Hidden:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {hidden!r}:
            raise ModuleNotFoundError(f"{{name}} is the tests' alone", name=name)


sys.meta_path.insert(0, Hidden())
"""


def only_what_runs(place: Path) -> dict[str, str]:
    """The environment in which Python finds no package that the lock file of a server doesn't name. What it takes is
    written to the directory `place`, which is made."""
    place.mkdir()
    (place / _AT_START).write_text(_HIDING.format(hidden=tests_alone()))
    return {"PYTHONPATH": str(place)}


def tests_alone() -> set[str]:
    """Names of modules."""
    locked = {_OURS, *map(_plain, _LOCKED.findall(_LOCK.read_text()))}
    found = packages_distributions().items()
    return {module for module, packages in found if locked.isdisjoint(map(_plain, packages))}


def _plain(name: str) -> str:
    """As https://packaging.python.org/specifications/name-normalization/ has it."""
    return re.sub(r"[-_.]+", "-", name).lower()
