"""The first of the README's two commands keeps its word."""

from __future__ import annotations

import subprocess
import sys

import pytest

pytestmark = pytest.mark.e2e


def test_the_demo_proves_itself_and_leaves_nothing() -> None:
    command = (sys.executable, "-m", "cli.main", "demo", "--check")
    done = subprocess.run(command, capture_output=True, text=True, timeout=280, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "proved: no container, network or image is left" in done.stdout
