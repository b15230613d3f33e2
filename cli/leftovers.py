"""What a repository's deployments left on the Docker Engine, found by our labels alone, and its removal."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass


@dataclass(frozen=True)
class Leftovers:
    """Ids on the engine."""

    containers: tuple[str, ...]
    networks: tuple[str, ...]
    images: tuple[str, ...]

    def __bool__(self) -> bool:
        return bool(self.containers or self.networks or self.images)


def find(repository: str) -> Leftovers:
    """`repository` is "owner/name". subprocess.CalledProcessError where the engine doesn't answer."""
    label = f"label=tidegate.repository={repository}"
    return Leftovers(
        _docker("ps", "--all", "--quiet", "--filter", label),
        _docker("network", "ls", "--quiet", "--filter", label),
        _docker("images", "--quiet", "--filter", label),
    )


def remove(repository: str) -> None:
    left = find(repository)
    for command, ids in (
        (("rm", "--force", "--volumes"), left.containers),
        (("network", "rm"), left.networks),
        (("rmi", "--force"), tuple(dict.fromkeys(left.images))),
    ):
        if ids:
            _docker(*command, *ids)


def _docker(*arguments: str) -> tuple[str, ...]:
    done = subprocess.run(("docker", *arguments), capture_output=True, text=True, check=True)
    return tuple(done.stdout.split())
