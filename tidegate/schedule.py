"""When a cron service runs: five fields in UTC, read as Debian's cron reads them (https://manpages.debian.org/crontab.5)."""

from __future__ import annotations

from datetime import UTC, datetime

from cronsim import CronSim, CronSimError

_FIELDS = ("minute", "hour", "day of the month", "month", "day of the week")
_LONGEST = 200
_ANY_TIME = datetime(2024, 1, 1, tzinfo=UTC)


class BadSchedule(Exception):
    """The message says what is wrong with it, as a sentence; `hint` what to write."""

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message)
        self.hint = hint


def read(text: str) -> str:
    """The schedule with single spaces. Raises BadSchedule, also for one that no date ever meets."""
    fields = text.split()
    if text.strip().startswith("@"):
        raise BadSchedule(f"`{text}` is a short form.", "Write five fields, such as `0 3 * * *` for 3:00 UTC each day.")
    if len(fields) != len(_FIELDS) or len(text) > _LONGEST:
        message = f"A schedule has five fields, and this has {len(fields)}."
        raise BadSchedule(message, f"Write {', '.join(_FIELDS[:-1])} and {_FIELDS[-1]}, such as `0 3 * * 1-5`.")
    for number, field in enumerate(fields):
        alone = ["*"] * len(_FIELDS)
        alone[number] = field
        if _next(" ".join(alone), _ANY_TIME) is None:
            raise BadSchedule(f"`{field}` is no {_FIELDS[number]}.", _HINTS[number])
    schedule = " ".join(fields)
    if _next(schedule, _ANY_TIME) is None:
        raise BadSchedule(f"No date ever meets `{schedule}`.", "Correct the day of the month, or the month.")
    return schedule


def next_after(schedule: str, at: datetime) -> datetime:
    """The first time after `at`. `schedule` as `read` gives it."""
    found = _next(schedule, at)
    assert found is not None, schedule
    return found


def _next(schedule: str, at: datetime) -> datetime | None:
    try:
        return next(CronSim(schedule, at.astimezone(UTC)), None)
    except CronSimError:
        return None


_HINTS = (
    "Write 0 to 59, `*`, a list `0,30`, a range `0-10` or a step `*/15`.",
    "Write 0 to 23, `*`, a list `6,18`, a range `8-17` or a step `*/2`.",
    "Write 1 to 31, `*`, a list `1,15`, a range `1-7`, a step `*/2`, or `L` for the last.",
    "Write 1 to 12 or `JAN` to `DEC`, `*`, a list, a range or a step.",
    "Write 0 to 7 (both ends are Sunday) or `SUN` to `SAT`, `*`, a list, or a range such as `MON-FRI`.",
)
