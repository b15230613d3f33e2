"""docs/operations.md has every setting that the code reads, and none that it doesn't; with the true defaults."""

from __future__ import annotations

import ast
import re
from pathlib import Path

from tidegate import carrier, destination, door, github, hosts, mail, settings
from tidegate.settings import Timing

TABLE = re.compile(r"^\| `([A-Z_]+)` \| (.*?) \|", re.MULTILINE)
DOCUMENTED = dict(TABLE.findall((Path(__file__).parents[2] / "docs" / "operations.md").read_text()))


def read_by_the_code() -> set[str]:
    """String constants of the modules that read settings that look like the name of a variable."""
    modules = (settings, github, hosts, carrier, door, destination, mail)
    nodes = [node for each in modules for node in ast.walk(ast.parse(Path(str(each.__file__)).read_text()))]
    texts = (node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str))
    return {text for text in texts if re.fullmatch(r"(TIDEGATE|GITHUB|BUILDKIT|DATABASE|REDIS|REGISTRY)_[A-Z_]+", text)}


def test_every_setting_is_documented_and_nothing_else() -> None:
    # gunicorn itself reads PORT, and prometheus_client the other, too.
    assert set(DOCUMENTED) == read_by_the_code() | {"PORT", "PROMETHEUS_MULTIPROC_DIR"}


def test_the_documented_times_are_the_defaults() -> None:
    for field, variable in settings._TIMES.items():
        assert float(DOCUMENTED[variable]) == getattr(Timing, field), variable
