"""A visitor of a deployed service: one request to the router, by the service's host name."""

from __future__ import annotations

import http.client
from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Answer:
    """`status` 0: no answer; `text` then says why. `headers` by lower-case name."""

    status: int
    text: str
    headers: Mapping[str, str] = field(default_factory=dict)


def visit(port: int, host: str, path: str = "/", timeout: float = 10.0) -> Answer:
    """The name goes into the Host header, unresolved: *.localhost is known to browsers, but not to every C library."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout)
    try:
        connection.request("GET", path, headers={"Host": f"{host}:{port}"})
        response = connection.getresponse()
        headers = {name.lower(): value for name, value in response.getheaders()}
        return Answer(response.status, response.read().decode(errors="replace"), headers)
    except (OSError, http.client.HTTPException) as error:
        return Answer(0, str(error) or type(error).__name__)
    finally:
        connection.close()
