"""`python -m worker.router --directory D --bind B`: becomes the proxy, in the foreground, for a supervisor."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from worker.router.process import command, prepare


def main() -> None:
    """Replaces this process by HAProxy, so that signals and the process id are its own."""
    parser = argparse.ArgumentParser(prog="python -m worker.router", description="Runs the router.")
    parser.add_argument("--directory", type=Path, required=True, help="its files and sockets; made where missing")
    parser.add_argument("--bind", required=True, help="HAProxy's bind address, such as 0.0.0.0:80")
    arguments = parser.parse_args()
    try:
        line = command(arguments.directory)
    except FileNotFoundError as missing:
        sys.exit(str(missing))
    prepare(arguments.directory, arguments.bind)
    os.execv(line[0], line)  # noqa: S606 - no shell is the point


if __name__ == "__main__":
    main()
