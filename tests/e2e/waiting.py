"""Waiting for what must come, with a deadline that is an error, never a measurement."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def wait_for(look: Callable[[], T | None], what: str, patience: float, explain: Callable[[], str] = str) -> T:
    """The first answer that is true, and so isn't empty either; `explain` adds to the failure's message."""
    deadline = time.monotonic() + patience
    while True:
        seen = look()
        if seen:
            return seen
        assert time.monotonic() < deadline, f"waited {patience:g} s in vain for {what}\n{explain()}"
        time.sleep(0.1)
