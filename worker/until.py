"""When a long call gives up: it was told to, or its time is over. Asked often, from the caller's own thread."""

from __future__ import annotations

from time import monotonic

from worker.ports import Canceled, Stop

#: How often long calls ask while they wait, in seconds.
PULSE = 0.05


class Until:
    """`stop` came true (Canceled), or `timeout` seconds from now are over (TimeoutError; None is never)."""

    def __init__(self, stop: Stop, timeout: float | None = None) -> None:
        self._stop = stop
        self._timeout = timeout
        self._deadline = None if timeout is None else monotonic() + timeout

    def check(self) -> None:
        if self._stop():
            raise Canceled("stopped on request")
        if self._deadline is not None and monotonic() > self._deadline:
            raise TimeoutError(f"not done after {self._timeout:g} s")
