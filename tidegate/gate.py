"""The gate of `checksPass`: from a commit's checks to open, waiting or closed (SEMANTICS 3).

A pure function of the readings: the caller re-reads GitHub at `look_at`, and at every hint that something changed. So
events may come in any order, twice or never: whoever looks last sees what there is.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from tidegate.facts import Check

PASSED = frozenset({"success", "neutral", "skipped"})
#: Contexts of our own commit statuses start so; see wording.check_name.
OWN_PREFIX = "tidegate / "
#: GitHub tells times in whole seconds, rounded down: a check may have ended so much later, but not after it was seen.
RESOLUTION = timedelta(seconds=1)


@dataclass(frozen=True)
class GateRules:
    """`settle` after the last completion before the confirming read; `no_checks` until a commit without checks closes;
    `limit` on the whole wait."""

    settle: timedelta
    no_checks: timedelta
    limit: timedelta


@dataclass(frozen=True)
class Open:
    reason: str


@dataclass(frozen=True)
class Waiting:
    """`look_at`: read again then, whatever else happens. `open_since` is to be handed to the next `judge`."""

    reason: str
    look_at: datetime
    open_since: datetime | None = None


@dataclass(frozen=True)
class Closed:
    """Not for good: a failed check that is re-run to success opens it again."""

    reason: str


def judge(
    checks: Sequence[Check],
    *,
    own_app_id: int,
    required: Collection[str],
    now: datetime,
    since: datetime,
    open_since: datetime | None,
    rules: GateRules,
) -> Open | Waiting | Closed:
    """One reading of a commit's checks, judged; with its statuses among them where a service counts those.

    `since`: when the wait began. `open_since`: what the previous reading's Waiting carried, None before the first.
    With `required`, only checks of those names (or statuses of those contexts) count, and an absent one is waited for;
    without, every check counts.
    """
    others = [each for each in latest(checks) if not _own(each, own_app_id)]
    counted = [each for each in others if not required or any(_named(each, name) for name in required)]
    failed = sorted((each for each in counted if _failed(each)), key=lambda each: (each.name, each.id))
    if failed:
        return Closed(f"{_names({each.name for each in failed})} failed ({failed[0].conclusion})")
    absent = {name for name in required if not any(_named(each, name) for each in counted)}
    pending = {each.name for each in counted if not _passed(each)} | absent
    if pending:
        if now >= since + rules.limit:
            return Closed(f"{_names(pending)} did not finish within {_hours(rules.limit)}")
        return Waiting(f"waiting for {_names(pending)}", since + rules.limit)
    if not counted:
        return _without_checks(now, since, rules)
    return _passing(counted, now, since, open_since, rules)


def latest(checks: Iterable[Check]) -> list[Check]:
    """The newest run per (app, name), status per context; one that has not started yet is newer than any that has."""
    newest: dict[tuple[int | None, str], Check] = {}
    for check in checks:
        key = (check.app_id, check.name.lower() if _is_status(check) else check.name)
        if key not in newest or _age(check) > _age(newest[key]):
            newest[key] = check
    return list(newest.values())


def _without_checks(now: datetime, since: datetime, rules: GateRules) -> Waiting | Closed:
    closes = since + rules.no_checks
    if now >= closes:
        return Closed("no checks were found; use `autoDeployTrigger: commit` for a repository without checks")
    return Waiting("waiting for the first check to appear", closes)


def _passing(
    counted: Sequence[Check], now: datetime, since: datetime, open_since: datetime | None, rules: GateRules
) -> Open | Waiting:
    """All passed. Opens on a second such reading, no earlier than `settle` after the last completion: CI often
    registers another workflow late. For a commit that was green before we began to wait, `settle` runs from there."""
    count = len(counted)
    passed = "the only check passed" if count == 1 else f"all {count} checks passed"
    completed = max([since, *(each.completed_at for each in counted if each.completed_at)])
    if completed > now:  # GitHub's clock is ahead of ours
        completed = open_since or now
    # A completion after `open_since` means that the earlier reading was of other runs: this one is the first.
    first = now if open_since is None or completed > open_since else open_since
    ready = max(completed, min(completed + RESOLUTION, first)) + rules.settle
    if open_since is not None and completed <= open_since and now >= ready:
        return Open(passed)
    return Waiting(f"{passed}; looking once more", max(ready, now), first)


def _own(check: Check, own_app_id: int) -> bool:
    return check.app_id == own_app_id or (_is_status(check) and check.name.lower().startswith(OWN_PREFIX))


def _named(check: Check, name: str) -> bool:
    """GitHub tells the contexts of statuses apart regardless of case, the names of check runs exactly."""
    return check.name == name or (_is_status(check) and check.name.lower() == name.lower())


def _is_status(check: Check) -> bool:
    return check.app_id is None


def _passed(check: Check) -> bool:
    return check.status == "completed" and check.conclusion in PASSED


def _failed(check: Check) -> bool:
    return check.status == "completed" and check.conclusion is not None and check.conclusion not in PASSED


def _age(check: Check) -> tuple[datetime, int]:
    return check.started_at or check.completed_at or datetime.max.replace(tzinfo=UTC), check.id


def _names(names: Iterable[str]) -> str:
    first, *rest = sorted(names)
    return f"`{first}`" + (f" and {len(rest)} more" if rest else "")


def _hours(limit: timedelta) -> str:
    return f"{limit.total_seconds() / 3600:g} h"
