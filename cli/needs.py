"""What the product needs of this machine besides settings: programs, and a Docker Engine that answers."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass

#: Program → (Debian's package, what for).
PROGRAMS = {
    "git": ("git", "fetches the repositories that are deployed"),
    "docker": ("docker.io", "builds images and runs them"),
    "haproxy": ("haproxy", "routes requests to the deployed versions"),
    "setpriv": ("util-linux", "ends every process with the one that started it"),
}
REDIS = {"redis-server": ("redis-server", "rings for work and carries live logs; or set REDIS_URL to one that runs")}
BUSYBOX = {"busybox": ("busybox-static", "is the sample's base image")}


@dataclass(frozen=True)
class Need:
    """Something that isn't there, and how to get it."""

    what: str
    how: str

    def __str__(self) -> str:
        return f"{self.what}\n      {self.how}"


def programs(wanted: dict[str, tuple[str, str]]) -> Iterable[Need]:
    for program, (package, purpose) in wanted.items():
        if shutil.which(program) is None:
            yield Need(f"{program} is not on PATH: it {purpose}", f"apt-get install {package}")


def engine(*options: str) -> Iterable[Need]:
    """A Docker Engine that answers; `options` tell the docker client where, else it looks where it is used to."""
    if shutil.which("docker") is None:
        return
    asked = subprocess.run(
        ("docker", *options, "version", "--format", "ok"), capture_output=True, text=True, check=False
    )
    if asked.returncode != 0:
        said = asked.stderr.strip().splitlines()[-1:] or ["no answer"]
        yield Need(f"no Docker Engine answers: {said[0]}", "script/bootstrap starts one on this machine")
