"""systemd's unit files are valid by its own judgement, and start what the product starts."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from cli import product
from cli.up import MISSING

ROOT = Path(__file__).parents[2]
UNITS = sorted((ROOT / "deploy" / "systemd").glob("*.service"))
VENV = "/opt/tidegate/.venv/bin/"


def started(unit: Path) -> tuple[str, ...]:
    (line,) = re.findall(r"^ExecStart=(.*)$", unit.read_text(), re.MULTILINE)
    return tuple(word.removeprefix(VENV) for word in shlex.split(line))


def test_they_start_what_the_product_starts() -> None:
    assert {unit.name: started(unit) for unit in UNITS} == {
        "tidegate.service": ("tidegate", "up"),
        "tidegate-web.service": product.WEB,
    }
    assert f"RestartPreventExitStatus={MISSING}\n" in UNITS[-1].read_text()


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="there is no systemd to judge them")
@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_systemd_finds_nothing_wrong_with_them(unit: Path, tmp_path: Path) -> None:
    """With programs that are there in place of /opt/tidegate's; docker.service need not be installed."""
    programs = tmp_path / "bin"
    programs.mkdir()
    for name in ("python", "tidegate"):
        (programs / name).symlink_to(sys.executable)
    text = unit.read_text().replace(VENV, f"{programs}/").replace("=/opt/tidegate\n", f"={ROOT}\n")
    text = text.replace("Documentation=file:/opt/tidegate/", f"Documentation=file:{ROOT}/")
    made = tmp_path / unit.name
    made.write_text(text)
    command = ("systemd-analyze", "verify", "--man=no", "--recursive-errors=no", str(made))
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    own = [line for line in done.stderr.splitlines() if unit.name in line]
    assert (done.returncode, own) == (0, []), done.stderr
