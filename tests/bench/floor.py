"""The least that a deploy can take: what a shell script does with git, docker and curl, and nothing else."""

from __future__ import annotations

import subprocess
import time
from pathlib import Path

from worker.hosts.buildkit import find_command

#: $1 the docker command, $2 an image, $3 a container's name, $4 a network: create, start, and the first 200.
_START = """\
"$1" create --name "$3" --network "$4" --env PORT=3000 --env TIDEGATE_COMMIT=floor "$2" >/dev/null
"$1" start "$3" >/dev/null
address=$("$1" inspect --format '{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}' "$3")
until curl --silent --fail --output /dev/null "http://$address:3000/"; do :; done
"""

#: $5 a URL to clone, $6 an empty directory. The tree is made one that was never built, as ours was: else the engine
#: would give back what it has just built for us.
_WHOLE = """\
git clone --quiet --depth 1 "$5" "$6"
echo "$3" >>"$6/www/index.html"
DOCKER_BUILDKIT=1 "$1" build --quiet --tag "$2" "$6" >/dev/null
"""


class Floor:
    """Images and containers are named after `name`; `remove` takes them away."""

    def __init__(self, name: str, place: Path) -> None:
        command = find_command()
        assert command is not None, "the floor builds with BuildKit, as the product does"
        self._docker, self._name, self._place, self._made = command, name, place, 0

    def push_to_live(self, remote: str, network: str) -> float:
        """Seconds of clone, build, create, start, first 200."""
        self._made += 1
        into = str(self._place / f"floor-{self._made}")
        return self._timed(_WHOLE + _START, self._image(), network, remote, into)

    def start(self, image: str, network: str) -> float:
        """Seconds of create, start, first 200 of an image that is there, on a network that is there: the service's own,
        since the engine needs longer to join a private one than its default bridge (65 to 160 ms on 20.10)."""
        self._made += 1
        return self._timed(_START, image, network)

    def remove(self) -> None:
        for made in range(1, self._made + 1):
            self._run("rm", "--force", "--volumes", f"{self._name}-{made}")
            self._run("rmi", "--force", f"{self._name}:{made}")

    def _image(self) -> str:
        return f"{self._name}:{self._made}"

    def _timed(self, script: str, image: str, *more: str) -> float:
        container = f"{self._name}-{self._made}"
        began = time.monotonic()
        subprocess.run(("sh", "-ec", script, "floor", self._docker, image, container, *more), check=True, timeout=120)
        took = time.monotonic() - began
        self._run("rm", "--force", "--volumes", container)
        return took

    def _run(self, *arguments: str) -> None:
        subprocess.run((self._docker, *arguments), capture_output=True, check=False)
