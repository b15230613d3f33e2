"""What may still be asked of GitHub, per installation, so that we stop by ourselves before GitHub stops us.

The limits are requests an hour, as the headers tell, and 80 content writes a minute, 500 an hour (docs.github.com,
"Rate limits for the REST API"). Whatever we count, GitHub's own answer (errors.py) is the last word.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Protocol

from worker.ports import Clock, Unavailable

#: (how many writes, in how long); none where GitHub sets no limits.
WriteLimits = Sequence[tuple[int, timedelta]]
WRITE_LIMITS = ((80, timedelta(minutes=1)), (500, timedelta(hours=1)))
#: This part of each limit is kept for what people wait for.
RESERVED = 0.2
#: No limit looks further back than so many writes.
MOST_WRITES = max(most for most, _ in WRITE_LIMITS)


class Budget(Protocol):
    """Accounts by installation; the App's own requests, which no installation pays for, are under None."""

    def spend(self, installation: int | None, *, write: bool, spare: bool) -> None:
        """Before each request. `spare`: nobody waits for it. Raises Unavailable with retry_after, and never waits."""
        ...

    def note(self, installation: int | None, headers: Mapping[str, str]) -> None:
        """After each answer that carries the primary limit's headers."""
        ...

    def pause(self, installation: int | None, seconds: float) -> None:
        """GitHub said to stay away for so long."""
        ...


@dataclass(frozen=True)
class Hour:
    """The primary limit, as GitHub's headers tell it."""

    limit: int
    remaining: int
    reset: datetime


@dataclass
class Account:
    """Where one installation stands. `paused_until` is set by a limit that GitHub answered with; `writes` are the times
    of the last ones, oldest first, which `limits` are held to."""

    limits: WriteLimits = WRITE_LIMITS
    hour: Hour | None = None
    paused_until: datetime | None = None
    writes: deque[datetime] = field(default_factory=lambda: deque(maxlen=MOST_WRITES))

    def check(self, now: datetime, *, write: bool, spare: bool) -> None:
        """Raises Unavailable where one more request must wait."""
        waits = [self._pause(now), self._hour(now, spare=spare), *(self._writes(now, spare=spare) if write else ())]
        seconds, why = max(filter(None, waits), default=(0.0, ""))
        if seconds > 0:
            raise Unavailable(f"Not asking GitHub for {seconds:.0f} s: {why}.", seconds)

    def _pause(self, now: datetime) -> tuple[float, str] | None:
        if self.paused_until is None:
            return None
        return (self.paused_until - now).total_seconds(), "GitHub asked us to wait"

    def _hour(self, now: datetime, *, spare: bool) -> tuple[float, str] | None:
        if self.hour is None or self.hour.remaining > self.hour.limit * (RESERVED if spare else 0):
            return None
        why = f"{self.hour.remaining} of {self.hour.limit} requests are left"
        return (self.hour.reset - now).total_seconds(), why

    def _writes(self, now: datetime, *, spare: bool) -> Sequence[tuple[float, str]]:
        waits = []
        for most, span in self.limits:
            count = int(most * (1 - RESERVED)) if spare else most
            if len(self.writes) >= count:
                why = f"GitHub takes {most} writes in {span.total_seconds():.0f} s"
                waits.append(((self.writes[-count] + span - now).total_seconds(), why))
        return waits


def hour_of(headers: Mapping[str, str]) -> Hour | None:
    """None where an answer doesn't tell."""
    try:
        return Hour(
            int(headers["x-ratelimit-limit"]),
            int(headers["x-ratelimit-remaining"]),
            datetime.fromtimestamp(int(headers["x-ratelimit-reset"]), UTC),
        )
    except (KeyError, ValueError):
        return None


class OwnBudget:
    """Counts what this process does. Safe for threads."""

    def __init__(self, clock: Clock, limits: WriteLimits = WRITE_LIMITS) -> None:
        self._clock = clock
        self._limits = limits
        self._accounts: dict[int | None, Account] = {}
        self._lock = threading.Lock()

    def spend(self, installation: int | None, *, write: bool, spare: bool) -> None:
        with self._lock:
            account, now = self._of(installation), self._clock.now()
            account.check(now, write=write, spare=spare)
            if write:
                account.writes.append(now)

    def check(self, installation: int | None, *, write: bool, spare: bool) -> None:
        """As `spend`, which it only asks about."""
        with self._lock:
            self._of(installation).check(self._clock.now(), write=write, spare=spare)

    def note(self, installation: int | None, headers: Mapping[str, str]) -> None:
        hour = hour_of(headers)
        if hour is not None:
            with self._lock:
                self._of(installation).hour = hour

    def pause(self, installation: int | None, seconds: float) -> None:
        with self._lock:
            self._of(installation).paused_until = self._clock.now() + timedelta(seconds=seconds)

    def _of(self, installation: int | None) -> Account:
        return self._accounts.setdefault(installation, Account(self._limits))
