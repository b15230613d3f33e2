"""Faults carried out on a request: what `faults` decided, done to the connection."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Callable, Iterable, Iterator

from flask import Response, request

from standin.faults import Fault


def answer(fault: Fault) -> Response | None:
    """The faulty answer, or None when the request goes on (a slow one, or one whose answer stalls)."""
    if fault.kind == "stall":
        return None
    if fault.kind == "slow":
        time.sleep(fault.seconds)
        return None
    if fault.kind == "hang":
        time.sleep(fault.seconds)
        return _refused(504, "We couldn't respond to your request in time.")
    if fault.kind == "drop":
        _cut()
        return Response(status=500)
    if fault.kind == "secondary":
        said = "You have exceeded a secondary rate limit. Please wait a few minutes before you try again."
        return _refused(
            fault.status if fault.status in {403, 429} else 403, said, {"retry-after": str(fault.retry_after)}
        )
    if fault.kind == "primary":
        spent = {"x-ratelimit-remaining": "0", "x-ratelimit-reset": str(int(time.time()) + fault.retry_after)}
        return _refused(403, "API rate limit exceeded.", spent)
    return _refused(fault.status, "Server Error")


def stalled(fault: Fault | None, response: Response, pause: Callable[[float], object]) -> Response:
    """The answer, with a pause in the middle of its first piece where the fault says so."""
    if fault is not None and fault.kind == "stall":
        response.response = _halting(response.iter_encoded(), lambda: pause(fault.seconds))
    return response


def _halting(pieces: Iterable[bytes], pause: Callable[[], object]) -> Iterator[bytes]:
    rest = iter(pieces)
    first = next(rest, b"")
    yield first[: len(first) // 2]
    pause()
    yield first[len(first) // 2 :]
    yield from rest


def _refused(status: int, message: str, headers: dict[str, str] | None = None) -> Response:
    return Response(json.dumps({"message": message}), status, headers, content_type="application/json; charset=utf-8")


def _cut() -> None:
    """Close the connection under the request, as a crash would."""
    wire = request.environ.get("gunicorn.socket")
    if isinstance(wire, socket.socket):
        wire.shutdown(socket.SHUT_RDWR)
