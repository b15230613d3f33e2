"""Small programs that speak railpack's, nixpacks' and `pack`'s command lines, as far as their documents tell them, and
build real images: the real ones can't be installed without their registries and base images.

As a program it is called by the name of the tool that it stands for. The tree's `Procfile` says what its image runs; a
word that the tool's documents don't have is refused, as the real ones do.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from pathlib import Path

BASE = "tidegate-demo/base:1"
VERSION = "1.2.3"
#: By tool, which of its options have a value, beside those without.
_OPTIONS = {
    "railpack": (("--progress", "--name", "--cache-key", "--build-cmd", "--start-cmd"), ()),
    "nixpacks": (("--name", "--cache-key", "--build-cmd", "--start-cmd"), ("--no-cache",)),
    "pack": (("--path", "--docker-host"), ("--no-color", "--clear-cache")),
}


def install(directory: Path, tool: str, version: str = VERSION) -> Path:
    """A program of that name in `directory`, which is on PATH."""
    program = directory / tool
    program.write_text(
        f'#!/bin/sh\n[ "$1" = --version ] && {{ echo "{tool} {version}"; exit; }}\n'
        f'exec {sys.executable} {Path(__file__).resolve()} {tool} "$@"\n'
    )
    program.chmod(0o755)
    return program


def main(tool: str, given: list[str]) -> int:
    told = _read(tool, given)
    image, tree = (told.place, told.path) if tool == "pack" else (told.name, told.place)
    start = getattr(told, "start_cmd", None) or Path(tree, "Procfile").read_text().partition("web:")[2].strip()
    build = getattr(told, "build_cmd", None)
    lines = [f"FROM {BASE}", *(f"ENV {each}" for each in told.env), "COPY . /app", "WORKDIR /app"]
    lines += [f"RUN {build}"] if build else []
    lines += [f'CMD ["/bin/sh", "-c", "{start}"]']
    print(f"{tool}: asked {os.environ['DOCKER_HOST']}", flush=True)
    command = ["docker", "build", "--no-cache", f"--tag={image}", "--file=-", tree]
    return subprocess.run(command, input="\n".join(lines), text=True, check=False).returncode


def _read(tool: str, given: list[str]) -> argparse.Namespace:
    valued, bare = _OPTIONS[tool]
    parser = argparse.ArgumentParser(tool, allow_abbrev=False)
    parser.add_argument("command", choices=["build"])
    parser.add_argument("place")
    for option in valued:
        parser.add_argument(option, required=option in {"--name", "--path"})
    for option in bare:
        parser.add_argument(option, action="store_true")
    for option in ("--env", *(("--cache",) if tool == "pack" else ())):
        parser.add_argument(option, action="append", default=[])
    return parser.parse_args(given)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
