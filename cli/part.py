"""A part: one process of the product, described; `child.py` runs it and `supervisor.py` keeps it running."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass


def started() -> bool:
    """The readiness of a part that nobody has to wait for."""
    return True


@dataclass(frozen=True)
class Part:
    """`environment` is added to the runner's own. `ready` is asked until it is true, for at most `patience` seconds.

    On stop it gets SIGTERM, and SIGKILL `grace` seconds later. A part that runs `once` must end with 0 before the next
    one starts (migrations); any other is started again whenever it ends.
    """

    name: str
    command: tuple[str, ...]
    environment: Mapping[str, str]
    ready: Callable[[], bool] = started
    patience: float = 30.0
    grace: float = 10.0
    once: bool = False
