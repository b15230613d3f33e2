"""The worker's way to Redis, which is a convenience here: whoever asks it is in the middle of what must go on."""

from __future__ import annotations

from redis import Redis
from redis.backoff import NoBackoff
from redis.retry import Retry


def quick(url: str) -> Redis:
    """A client that tries once and gives up within a second or so, be Redis down or hanging."""
    # Told, since redis-py's defaults differ by the way a client is made: its constructor tries ten times more.
    return Redis.from_url(url, socket_timeout=1, socket_connect_timeout=0.5, retry=Retry(NoBackoff(), 0))
