"""SIGINT and SIGTERM, turned into an exception once, so that what was started is taken down in order."""

from __future__ import annotations

import signal
import threading
from types import FrameType


class StoppedError(Exception):
    """Somebody pressed Ctrl-C, or asked us to end."""


def raise_on_signals() -> None:
    """From now on the first signal raises StoppedError in the main thread; later ones are ignored, since an impatient
    second Ctrl-C must not interrupt the taking down."""
    asked = threading.Event()

    def stop(number: int, _frame: FrameType | None) -> None:
        if not asked.is_set():
            asked.set()
            raise StoppedError(signal.Signals(number).name)

    signal.signal(signal.SIGINT, stop)
    signal.signal(signal.SIGTERM, stop)
