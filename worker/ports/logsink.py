"""Where a deployment's output goes, line by line."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol


class LogSink(Protocol):
    """Takes a deployment's output line by line; masks secrets; keeps it live (Redis) and for good (the store)."""

    def line(self, step: str, text: str) -> None: ...

    def tail(self, step: str) -> Sequence[str]:
        """What the step has printed through this sink so far, masked: the last few thousand lines, long ones cut."""
        ...

    def close(self) -> None: ...
