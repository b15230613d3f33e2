"""The runner, the Procfile and the manual start the same processes."""

from __future__ import annotations

import shlex
import subprocess
from pathlib import Path

from cli import product
from cli.child import Child

ROOT = Path(__file__).parents[2]


def test_the_procfile_starts_the_same() -> None:
    lines = (ROOT / "Procfile").read_text().splitlines()
    told = {name: tuple(shlex.split(command)) for name, _, command in (line.partition(":") for line in lines)}
    assert told == {
        "release": product.RELEASE,
        "web": product.WEB,
        "worker": product.WORKER,
        "watch": product.WATCH,
    }


def test_the_embedded_redis_answers_on_its_socket_alone(tmp_path: Path) -> None:
    part = product.redis(tmp_path)
    child = Child(part, tmp_path, {"PATH": "/usr/bin:/bin"})
    try:
        while not part.ready():
            assert child.exit_code() is None, child.last_words()
        socket = product.redis_socket(tmp_path)
        assert socket.stat().st_mode & 0o077 == 0
        ping = subprocess.run(("redis-cli", "-s", str(socket), "ping"), capture_output=True, text=True, check=True)
        assert ping.stdout.strip() == "PONG"
    finally:
        child.ask_to_stop()
        child.end(5)
