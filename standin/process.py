"""Running the stand-in beside something else: started as its own process, and stopped with it."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any


@contextmanager
def running(data: Path, *options: str, seconds: float = 30.0) -> Iterator[dict[str, Any]]:
    """``python -m standin`` with these options; yields its credentials once it serves.

    `data` is a directory for its repositories and its log. Its process group ends with the block.
    """
    data.mkdir(parents=True, exist_ok=True)
    credentials = data / "credentials.json"
    credentials.unlink(missing_ok=True)
    command = [sys.executable, "-m", "standin", "--data", str(data), "--credentials-file", str(credentials), *options]
    with (data / "standin.log").open("ab") as log, subprocess.Popen(command, stdout=log, stderr=log) as process:
        try:
            yield _told(process, credentials, data / "standin.log", seconds)
        finally:
            process.terminate()
            try:
                process.wait(5)
            except subprocess.TimeoutExpired:
                process.kill()


def _told(process: subprocess.Popen[bytes], credentials: Path, log: Path, seconds: float) -> dict[str, Any]:
    deadline = time.monotonic() + seconds
    while not credentials.exists():
        if process.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"the stand-in did not start:\n{log.read_text(errors='replace')[-2000:]}")
        time.sleep(0.02)
    found: dict[str, Any] = json.loads(credentials.read_text())
    return found
