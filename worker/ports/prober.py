"""Whether an instance answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from worker.ports.longcall import Stop


@dataclass(frozen=True)
class Reading:
    """One probe: `ok` for 2xx and 3xx, or for an open port; `detail` says what was seen ("503 Service Unavailable")."""

    ok: bool
    detail: str


class Prober(Protocol):
    def probe(self, address: str, port: int, path: str | None, timeout: float, stop: Stop = ...) -> Reading:
        """One GET, or without a path one connection; never raises. An answer is not waited for once `stop` is
        true, which it never is by default."""
        ...
