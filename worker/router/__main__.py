"""`python -m worker.router --directory D --bind B`: becomes the proxy, in the foreground, for a supervisor."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from tidegate.door import Tls
from worker.router.certificates import Unusable
from worker.router.process import become


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m worker.router", description="Runs the router.")
    parser.add_argument("--directory", type=Path, required=True, help="its files and sockets; made where missing")
    parser.add_argument("--bind", required=True, help="HAProxy's bind address, such as 0.0.0.0:80")
    parser.add_argument("--tls", nargs=4, metavar=("BIND", "DIRECTORY", "HOST", "ADDRESS"), help=_TLS)
    parser.add_argument("--tls-port", type=int, help="the port of public URLs, where it isn't 443")
    arguments = parser.parse_args()
    try:
        become(arguments.directory, arguments.bind, _tls(arguments.tls, arguments.tls_port))
    except (FileNotFoundError, Unusable) as missing:
        sys.exit(str(missing))


_TLS = "where it listens for https, its certificates, the dashboard's host name, and where that is served"


def _tls(told: list[str] | None, port: int | None) -> Tls | None:
    if told is None:
        return None
    bind, certificates, host, address = told
    return Tls(bind, certificates, port, host, address)


if __name__ == "__main__":
    main()
