"""What an engine says that takes up its disk."""

from __future__ import annotations

from typing import Any, Literal

import requests
from docker.errors import create_api_error_from_http_exception

from worker.hosts.connection import Connection

#: Seconds for one answer: the engine adds up sizes, or removes gigabytes, before it says anything.
TIMEOUT = 600


def taken(connection: Connection, kind: Literal["build-cache", "volume"]) -> dict[str, Any]:
    """What SystemDataUsage answers about these alone: to add up containers as well takes an engine minutes. Engines
    without the choice (before 23.0) add up all. Raises as Connection.translated does."""
    with connection.translated(), connection.fresh_client(TIMEOUT) as client:
        address = f"{client.base_url}/v{client.api_version}/system/df"
        answer = client.get(address, params={"type": kind}, timeout=client.timeout)
        try:
            answer.raise_for_status()
        except requests.HTTPError as error:
            create_api_error_from_http_exception(error)  # it is there, whatever it says
        told: dict[str, Any] = answer.json()
    return told
