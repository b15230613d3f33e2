"""What every test may rely on, and how the slow ones share the machine."""

from __future__ import annotations

import gc
import os
from pathlib import Path

import pytest

from tests import addresses
from tests.chaos import table
from worker import journal

# HAProxy lives in sbin, which a user's PATH on Debian leaves out.
os.environ["PATH"] += ":/usr/local/sbin:/usr/sbin:/sbin"

#: Tests that start the whole product; those of one group run one after the other, in one process.
_WHOLE = ("e2e", "chaos")


# Lines of the workers' log go where logging is captured, as in the product, and not to what a command prints.
journal.route()
addresses.compile_once()


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A directory on PATH, before all others."""
    made = tmp_path / "programs"
    made.mkdir()
    monkeypatch.setenv("PATH", f"{made}{os.pathsep}{os.environ['PATH']}")
    return made


@pytest.hookimpl(tryfirst=True)  # xdist reads the groups in the same hook
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        for mark in _WHOLE:
            if item.get_closest_marker(mark):
                item.add_marker(pytest.mark.xdist_group(mark))


def pytest_collection_finish() -> None:
    """What is there by now stays: the collector needn't look through thousands of tests again and again."""
    gc.collect()
    gc.freeze()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Here, since under xdist it is another process that runs the matrix."""
    table.show(terminalreporter)
