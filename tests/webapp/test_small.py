"""What a web process at rest has in memory: what only some requests need is brought in by the first of these."""

from __future__ import annotations

import subprocess
import sys

#: Each takes megabytes.
HEAVY = {"pydantic", "tidegate.blueprint", "yaml", "httpx", "alembic", "githubkit", "docker", "rq"}


def test_it_has_nothing_heavy_before_it_is_needed() -> None:
    code = "import sys, webapp.app; print(*sys.modules)"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert HEAVY & set(told.stdout.split()) == set()
