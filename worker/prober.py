"""Asks an instance from outside whether it serves: one plain GET, or a connection, whatever the other side does, within
the time."""

from __future__ import annotations

import socket
from http import HTTPStatus

from worker.ports import Canceled, Reading, Stop
from worker.until import PULSE, Until

#: A status line is short; who sends more than this without ending it doesn't speak HTTP.
_LONGEST = 4096


class HttpProber:
    """The port `Prober`, on a bare socket: the status line is all that counts, and the time limit covers connecting and
    every byte, so that a server that drips can't hold us. Redirects are answers, not followed."""

    def probe(self, address: str, port: int, path: str | None, timeout: float, stop: Stop = lambda: False) -> Reading:
        until = Until(stop, timeout)
        try:
            with socket.create_connection((address, port), timeout=timeout) as connection:
                if path is None:
                    return Reading(ok=True, detail=f"port {port} is open")
                connection.sendall(_request(address, port, path))
                line = _status_line(connection, until)
        except TimeoutError:
            return Reading(ok=False, detail=f"no answer within {timeout:g} s")
        except Canceled:
            return Reading(ok=False, detail="was not waited for")
        except OSError as error:
            return Reading(ok=False, detail=(error.strerror or str(error)).lower())
        return _reading(line)


def _request(address: str, port: int, path: str) -> bytes:
    host = f"[{address}]" if ":" in address else address
    return (
        f"GET {path} HTTP/1.1\r\nHost: {host}:{port}\r\nUser-Agent: tidegate-probe\r\n"
        "Accept: */*\r\nConnection: close\r\n\r\n"
    ).encode()


def _status_line(connection: socket.socket, until: Until) -> bytes:
    """What came until the first newline, or until the other side closed; raises what `until` raises."""
    received = b""
    connection.settimeout(PULSE)
    while b"\n" not in received and len(received) < _LONGEST:
        until.check()
        try:
            chunk = connection.recv(_LONGEST)
        except TimeoutError:
            continue
        if not chunk:
            break
        received += chunk
    return received.partition(b"\n")[0].strip()


def _reading(line: bytes) -> Reading:
    if not line:
        return Reading(ok=False, detail="closed the connection without an answer")
    match line.decode("latin-1").split(maxsplit=2):
        case [version, code, *reason] if version.startswith("HTTP/") and code.isascii() and code.isdigit():
            words = reason[0] if reason else _phrase(int(code))
            return Reading(ok=HTTPStatus.OK <= int(code) < HTTPStatus.BAD_REQUEST, detail=f"{code} {words}".strip())
    return Reading(ok=False, detail="answered something that isn't HTTP")


def _phrase(code: int) -> str:
    try:
        return HTTPStatus(code).phrase
    except ValueError:
        return ""
