"""Conditions under which a part counts as ready; each asks once and never raises."""

from __future__ import annotations

import http.client
import socket
from collections.abc import Callable
from pathlib import Path

_PATIENCE = 2.0


def listens(port: int, host: str = "127.0.0.1") -> Callable[[], bool]:
    def ask() -> bool:
        try:
            socket.create_connection((host, port), _PATIENCE).close()
        except OSError:
            return False
        return True

    return ask


def listens_on(path: Path) -> Callable[[], bool]:
    """A unix socket."""

    def ask() -> bool:
        with socket.socket(socket.AF_UNIX) as probe:
            probe.settimeout(_PATIENCE)
            return probe.connect_ex(str(path)) == 0

    return ask


def answers(port: int, path: str) -> Callable[[], bool]:
    """200 to a GET on this machine."""

    def ask() -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=_PATIENCE)
        try:
            connection.request("GET", path)
            return connection.getresponse().status == http.client.OK
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    return ask
