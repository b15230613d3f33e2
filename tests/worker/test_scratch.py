"""Directories for a moment are known by whether whoever made them lives."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from worker.scratch import is_held, momentary


def test_it_is_held_while_it_is_used_and_gone_then(tmp_path: Path) -> None:
    within = tmp_path / "scratch"
    with momentary(within, "a-") as place:
        assert place.parent == within
        assert is_held(place)
    assert not is_held(place)
    assert list(within.iterdir()) == []


def test_a_killed_process_holds_nothing(tmp_path: Path) -> None:
    program = (
        "import pathlib, sys, time; from worker.scratch import momentary\n"
        f"with momentary(pathlib.Path({str(tmp_path)!r}), 'a-'): print('made', flush=True); time.sleep(1000)"
    )
    root = Path(__file__).parents[2]
    with subprocess.Popen((sys.executable, "-c", program), cwd=root, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        (left,) = tmp_path.iterdir()
        assert is_held(left)
        process.kill()
    assert left.exists()
    assert not is_held(left)


def test_somebody_else_may_be_quicker_to_remove_it(tmp_path: Path) -> None:
    with momentary(tmp_path, "a-") as place:
        place.rmdir()
    assert not is_held(place)
