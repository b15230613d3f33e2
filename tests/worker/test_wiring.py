"""What a process is made of, and what it leaves out."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.webapp.product import ENVIRONMENT

_WATCH = """
import os, sys
from tidegate.settings import Settings
from worker import watch, wiring

wiring.configure(Settings.from_env(os.environ, lambda path: ""))
parts = wiring.parts()
watch.Watch(parts)
print("githubkit" in sys.modules)
print(hasattr(parts.github, "clone_url"), "githubkit" in sys.modules)
"""


def test_the_watch_does_not_carry_what_talks_to_github_until_it_is_asked_for(tmp_path: Path) -> None:
    environment = {
        **ENVIRONMENT,
        "DATABASE_URL": f"sqlite:///{tmp_path}/store.db",
        "REDIS_URL": "redis://127.0.0.1:1",
        "TIDEGATE_DATA": str(tmp_path),
        "TIDEGATE_HOSTS": "local unix:///nowhere.sock",
    }
    done = subprocess.run([sys.executable, "-c", _WATCH], env=environment, capture_output=True, text=True, check=False)
    assert done.stdout.split("\n") == ["False", "True True", ""], done.stderr
