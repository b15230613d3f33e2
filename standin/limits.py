"""GitHub's limits: requests an hour per credential, and the secondary ones on bursts and writes.

https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api
"""

from __future__ import annotations

import time
from collections import deque
from dataclasses import dataclass, field, fields

HOUR, MINUTE = 3600.0, 60.0
LIFTED = 10**9
READ_POINTS, WRITE_POINTS = 1, 5


@dataclass
class Rules:
    """Requests an hour; then at once, points a minute, content writes a minute and an hour."""

    primary: int = 5000
    concurrent: int = 100
    points: int = 900
    writes_minute: int = 80
    writes_hour: int = 500


@dataclass
class Window:
    """One credential's use: the primary window is fixed, the secondary ones slide."""

    reset: float
    used: int = 0
    active: int = 0
    points: deque[tuple[float, int]] = field(default_factory=deque)
    writes: deque[float] = field(default_factory=deque)


@dataclass(frozen=True)
class Overrun:
    """`retry_after` in seconds; None for the primary limit, which says when it resets instead."""

    message: str
    retry_after: int | None


class Limits:
    def __init__(self) -> None:
        self.rules = Rules()
        self._windows: dict[str, Window] = {}

    def window(self, key: str) -> Window:
        now = time.time()
        window = self._windows.get(key)
        if window is None:
            window = self._windows[key] = Window(now + HOUR)
        elif window.reset <= now:
            window.reset, window.used = now + HOUR, 0
        return window

    def spend(self, key: str, who: str, *, write: bool) -> Overrun | None:
        """Count one request; say which limit it breaks, if any."""
        window, now = self.window(key), time.time()
        if window.used >= self.rules.primary:
            return Overrun(f"API rate limit exceeded for {who}.", None)
        window.used += 1
        while window.points and window.points[0][0] <= now - MINUTE:
            window.points.popleft()
        while window.writes and window.writes[0] <= now - HOUR:
            window.writes.popleft()
        if self._bursts(window, now, write=write):
            return Overrun(
                "You have exceeded a secondary rate limit. Please wait a few minutes before you try again.", 60
            )
        window.points.append((now, WRITE_POINTS if write else READ_POINTS))
        if write:
            window.writes.append(now)
        return None

    def headers(self, key: str) -> dict[str, str]:
        window = self.window(key)
        return {
            "x-ratelimit-limit": str(self.rules.primary),
            "x-ratelimit-remaining": str(max(self.rules.primary - window.used, 0)),
            "x-ratelimit-used": str(window.used),
            "x-ratelimit-reset": str(int(window.reset)),
            "x-ratelimit-resource": "core",
        }

    def lift(self) -> None:
        """No limits, for load tests."""
        self.rules = Rules(*[LIFTED] * len(fields(Rules)))

    def reset(self) -> None:
        self._windows.clear()

    def _bursts(self, window: Window, now: float, *, write: bool) -> bool:
        if window.active > self.rules.concurrent:
            return True
        if sum(cost for _, cost in window.points) >= self.rules.points:
            return True
        lately = sum(1 for at in reversed(window.writes) if at > now - MINUTE)
        return write and (lately >= self.rules.writes_minute or len(window.writes) >= self.rules.writes_hour)
