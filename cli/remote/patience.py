"""How long a command waits before it asks again."""

from __future__ import annotations

import time

#: Seconds, one pause after another: a server that is started anew is back by then.
PAUSES = (0.5, 1.0, 2.0, 4.0, 8.0)


def pause(seconds: float) -> None:
    time.sleep(seconds)
