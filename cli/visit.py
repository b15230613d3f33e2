"""A visitor of a deployed service: one request to the router, by the service's host name."""

from __future__ import annotations

import http.client
from dataclasses import dataclass


@dataclass(frozen=True)
class Answer:
    """`status` 0: no answer; `text` then says why."""

    status: int
    text: str


def visit(port: int, host: str, path: str = "/", timeout: float = 10.0) -> Answer:
    """The name goes into the Host header, unresolved: *.localhost is known to browsers, but not to every C library."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout)
    try:
        connection.request("GET", path, headers={"Host": f"{host}:{port}"})
        response = connection.getresponse()
        return Answer(response.status, response.read().decode(errors="replace"))
    except (OSError, http.client.HTTPException) as error:
        return Answer(0, str(error) or type(error).__name__)
    finally:
        connection.close()
