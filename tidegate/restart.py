"""Whether a process that ended is started again, and when (SEMANTICS 7)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from tidegate.health import how_ended

#: A process that ran for so many seconds has recovered: its next crash is its first.
STEADY = 600.0
#: Seconds before the second restart in a row; doubled for each one after it, up to the last. The first is at once.
_SECOND, _LONGEST = 1.0, 60.0


class RestartPolicy(StrEnum):
    """In the spelling of the deploy file. ON_FAILURE: after any exit but code 0, for a limited number of times."""

    ON_FAILURE = "ON_FAILURE"
    ALWAYS = "ALWAYS"
    NEVER = "NEVER"


@dataclass(frozen=True)
class Exit:
    """How a process ended; `exit_code` None: it could not even be started. `restarts` it had in a row before."""

    exit_code: int | None
    oom_killed: bool
    restarts: int


@dataclass(frozen=True)
class Ending:
    """`delay` in seconds until it is started again; None: never by itself. `reason` is a clause."""

    delay: float | None
    reason: str


def after(end: Exit, policy: RestartPolicy, limit: int) -> Ending:
    """`limit`: restarts in a row under ON_FAILURE."""
    how = how_ended(end.exit_code, oom_killed=end.oom_killed)
    if policy is RestartPolicy.NEVER:
        return Ending(None, f"{how}; it is not started again (`restartPolicy: NEVER`)")
    if policy is RestartPolicy.ON_FAILURE and end.exit_code == 0 and not end.oom_killed:
        return Ending(None, f"{how}, though a service must keep running; `restartPolicy: ALWAYS` would start it again")
    if policy is RestartPolicy.ON_FAILURE and end.restarts >= limit:
        return Ending(None, f"{how}, and was started again {limit} times in vain; it is left alone now")
    delay = delay_before(end.restarts)
    when = f"in {delay:g} s" if delay else "at once"
    return Ending(delay, f"{how}; it is started again {when}")


def delay_before(restarts: int) -> float:
    """Seconds from a crash to the next start, after so many restarts in a row."""
    return 0.0 if restarts == 0 else min(_LONGEST, _SECOND * 2.0 ** min(restarts - 1, 10))
