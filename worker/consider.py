"""Looks at a commit's deployments that wait for its checks. Called by check events, the clock and the sweep alike."""

from __future__ import annotations

from datetime import timedelta
from typing import assert_never

from tidegate import gate, wording
from tidegate.blueprint import Service as Definition
from tidegate.deployment import Deployment, IllegalMove, Move, Status
from tidegate.events import ChecksChanged
from tidegate.gate import Closed, Open, Waiting
from worker import lane, progress
from worker.parts import Parts
from worker.ports import Unavailable

#: Seconds until GitHub is asked again where it did not say.
_PAUSE = 5.0


def heard(parts: Parts, event: ChecksChanged) -> None:
    """Looks where the event can have changed a verdict. What settles is read once more at its time, and not in between:
    a commit's checks conclude by the dozen, and each reading is a request."""
    now = parts.clock.now()
    for row in parts.store.deployments.of_commit(event.repository_id, event.sha):
        settles = row.open_since is not None and row.look_at is not None and row.look_at > now
        waits = row.status is Status.WAITING and event.concluded and not settles
        if waits or (row.status is Status.SKIPPED and row.gated):
            consider(parts, event.repository_id, event.sha)
            return


def consider(parts: Parts, repository_id: int, sha: str) -> None:
    """Judges the gate once for all rows of the commit, on one reading of its checks, and applies the verdicts."""
    rows = [row for row in parts.store.deployments.of_commit(repository_id, sha) if _has_a_say(parts, row)]
    repository = parts.store.repositories.get(repository_id)
    if not rows or repository is None or repository.gone:
        return
    try:
        checks = parts.github.checks(repository, sha)
    except Unavailable as trouble:
        _postpone(parts, rows, trouble)
        raise
    rules = parts.settings.timing.gate_rules()
    for row in rows:
        verdict = gate.judge(
            checks,
            own_app_id=parts.settings.github.app_id,
            required=Definition.load(row.definition or {}).required_checks,
            now=parts.clock.now(),
            since=row.created_at,
            open_since=row.open_since,
            rules=rules,
        )
        _apply(parts, row, verdict)


def _postpone(parts: Parts, rows: list[Deployment], trouble: Unavailable) -> None:
    """Overdue rows are rung for again and again: not before GitHub may be asked again."""
    later = parts.clock.now() + timedelta(seconds=max(_PAUSE, trouble.retry_after or 0))
    for row in rows:
        parts.store.deployments.wait(row.id, later, row.open_since, row.reason)


def _has_a_say(parts: Parts, row: Deployment) -> bool:
    """Waiting rows, and those whose gate closed: a check that is re-run to success opens it again, for the newest."""
    if row.status is Status.WAITING:
        return True
    return row.status is Status.SKIPPED and row.gated and not parts.store.deployments.newer_than(row)


def _apply(parts: Parts, row: Deployment, verdict: Open | Waiting | Closed) -> None:
    try:
        match verdict:
            case Open():
                progress.move(parts, row.id, Move(Status.QUEUED, verdict.reason))
                lane.arrange(parts, row.service_id, row.environment)
            case Waiting():
                if row.status is Status.SKIPPED:
                    progress.move(parts, row.id, Move(Status.WAITING, wording.GATE_REOPENED))
                parts.store.deployments.wait(row.id, verdict.look_at, verdict.open_since, verdict.reason)
                parts.bell.report()
            case Closed():
                if row.status is Status.WAITING:
                    progress.move(parts, row.id, Move(Status.SKIPPED, verdict.reason))
            case _:
                assert_never(verdict)
    except IllegalMove:
        return  # superseded or canceled while we looked
