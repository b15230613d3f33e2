"""Time and identity as GitHub writes them, in one place so that every record agrees."""

import base64
import time
from datetime import UTC, datetime


def stamp(seconds: float | None = None) -> str:
    """ISO 8601 in UTC with a trailing Z and whole seconds, as in GitHub's REST answers; now when `seconds` is None."""
    moment = time.time() if seconds is None else seconds
    return datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def epoch(stamped: str) -> int:
    """Seconds since 1970 of a `stamp`; push payloads write two of their times so."""
    return int(datetime.fromisoformat(stamped).timestamp())


def node_id(kind: str, number: int) -> str:
    """An opaque GraphQL id in GitHub's older base64 form."""
    return base64.b64encode(f"{len(kind):03}:{kind}{number}".encode()).decode()
