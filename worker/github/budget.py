"""What may still be asked of GitHub, per installation, so that we stop by ourselves before GitHub stops us.

Counts what this process sees; where others spend too, GitHub's own answer (errors.py) is the last word. The limits are
requests an hour, as the headers tell, and 80 content writes a minute, 500 an hour (docs.github.com, "Rate limits for
the REST API").
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from worker.ports import Clock, Unavailable

#: (how many writes, in how long)
WRITE_LIMITS = ((80, timedelta(minutes=1)), (500, timedelta(hours=1)))
#: Sweeps leave this part of the hour's requests to what people wait for.
RESERVED = 0.2


@dataclass
class Account:
    """One installation's. `paused_until` is set by a limit that GitHub answered with."""

    limit: int = 0
    remaining: int = 0
    reset: datetime | None = None
    paused_until: datetime | None = None
    writes: deque[datetime] = field(default_factory=deque)

    def wait(self, now: datetime, write: bool, spare: bool) -> tuple[float, str] | None:  # noqa: FBT001
        """Seconds to wait and why, before one more request; None where it may go now."""
        if self.paused_until is not None and now < self.paused_until:
            return (self.paused_until - now).total_seconds(), "GitHub asked us to wait"
        if self.reset is not None and now < self.reset:
            floor = self.limit * RESERVED if spare else 0
            if self.remaining <= floor:
                return (self.reset - now).total_seconds(), f"{self.remaining} of {self.limit} requests are left"
        return self._write_wait(now) if write else None

    def _write_wait(self, now: datetime) -> tuple[float, str] | None:
        for count, span in WRITE_LIMITS:
            if len(self.writes) >= count and now - self.writes[-count] < span:
                wait = (self.writes[-count] + span - now).total_seconds()
                return wait, f"GitHub takes {count} writes in {int(span.total_seconds())} s"
        return None


class Budget:
    """Safe for threads. The App's own requests, which no installation pays for, are under None."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._accounts: dict[int | None, Account] = {}
        self._lock = threading.Lock()

    def spend(self, installation: int | None, *, write: bool, spare: bool) -> None:
        """Before each request. `spare`: nobody waits for it. Raises Unavailable with retry_after."""
        now = self._clock.now()
        with self._lock:
            account = self._accounts.setdefault(installation, Account())
            wait = account.wait(now, write, spare)
            if wait is not None:
                seconds, why = wait
                raise Unavailable(f"Not asking GitHub for {seconds:.0f} s: {why}.", seconds)
            if write:
                account.writes.append(now)
                while len(account.writes) > WRITE_LIMITS[-1][0]:
                    account.writes.popleft()

    def note(self, installation: int | None, headers: Mapping[str, str]) -> None:
        """After each answer that carries the primary limit's headers."""
        try:
            limit, remaining = int(headers["x-ratelimit-limit"]), int(headers["x-ratelimit-remaining"])
            reset = datetime.fromtimestamp(int(headers["x-ratelimit-reset"]), tz=self._clock.now().tzinfo)
        except (KeyError, ValueError):
            return
        with self._lock:
            account = self._accounts.setdefault(installation, Account())
            account.limit, account.remaining, account.reset = limit, remaining, reset

    def pause(self, installation: int | None, seconds: float) -> None:
        """GitHub said to stay away for so long."""
        with self._lock:
            account = self._accounts.setdefault(installation, Account())
            account.paused_until = self._clock.now() + timedelta(seconds=seconds)
