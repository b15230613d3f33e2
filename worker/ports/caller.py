"""An operator's address that is told something."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from worker.ports.prober import Reading


class Caller(Protocol):
    def post(self, url: str, body: Mapping[str, str], timeout: float) -> Reading:
        """`body` as JSON; never raises. The detail doesn't hold the address, which may have a secret in it."""
        ...
