"""Looks at a commit's deployments that wait for its checks. Called by check events, the clock and the sweep alike."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import assert_never

from tidegate import freeze, gate, wording
from tidegate.blueprint import AutoDeploy
from tidegate.blueprint import Service as Definition
from tidegate.deployment import Deployment, IllegalMove, Move, Status
from tidegate.events import ChecksChanged
from tidegate.facts import Check
from tidegate.gate import Closed, Open, Waiting
from tidegate.repository import PRODUCTION, Repository
from worker import lane, progress
from worker.parts import Parts
from worker.ports import Refused, Unavailable

#: Seconds until GitHub is asked again where it did not say.
_PAUSE = 5.0


def heard(parts: Parts, event: ChecksChanged) -> None:
    """Looks where the event can have changed a verdict. What settles is read once more at its time, and not in between:
    a commit's checks conclude by the dozen, and each reading is a request."""
    now = parts.clock.now()
    rows = parts.store.deployments.of_commit(event.repository_id, event.sha)
    if any(_concerned(row, event, now) for row in rows):
        consider(parts, event.repository_id, event.sha)


def _concerned(row: Deployment, event: ChecksChanged, now: datetime) -> bool:
    if event.status and not _definition(row).count_statuses:
        return False
    settles = row.open_since is not None and row.look_at is not None and row.look_at > now
    waits = row.status is Status.WAITING and event.concluded and not settles
    return waits or (row.status is Status.SKIPPED and row.gated)


def unheard(parts: Parts) -> set[tuple[int, str]]:
    """Commits, as (repository id, SHA), whose checks may have changed without a word: for the sweep to ring for.

    A closed gate is looked at for as long as an open one would have been waited for; later only an event opens it.
    """
    since = parts.clock.now() - timedelta(seconds=parts.settings.timing.wait_limit)
    deployments = parts.store.deployments
    return {(row.repository_id, row.sha) for row in (*deployments.all_waiting(), *deployments.closed_gates(since))}


def consider(parts: Parts, repository_id: int, sha: str) -> None:
    """Judges the gate once for all rows of the commit, on one reading of its checks, and applies the verdicts."""
    rows = [row for row in parts.store.deployments.of_commit(repository_id, sha) if _has_a_say(parts, row)]
    repository = parts.store.repositories.get(repository_id)
    if not rows or repository is None or repository.gone:
        return
    try:
        reading = _Reading.of(parts, repository, sha, rows)
    except Unavailable as trouble:
        _postpone(parts, rows, trouble)
        raise
    except Refused as refusal:
        # Asking again won't help, and would be done every second; an event, or the sweep, looks at a closed gate anew.
        for row in rows:
            _apply(parts, row, Closed(f"its checks can't be read: {refusal}"))
        return
    for row in rows:
        _apply(parts, row, _judge(parts, row, reading))


@dataclass(frozen=True)
class _Reading:
    """What GitHub says of a commit now: its check runs, and its statuses where any service counts those. Each is read
    once, however many services there are."""

    runs: Sequence[Check]
    statuses: Sequence[Check]

    @classmethod
    def of(cls, parts: Parts, repository: Repository, sha: str, rows: Sequence[Deployment]) -> _Reading:
        counted = any(_definition(row).count_statuses for row in rows)
        return cls(parts.github.checks(repository, sha), parts.github.statuses(repository, sha) if counted else ())


def _judge(parts: Parts, row: Deployment, reading: _Reading) -> Open | Waiting | Closed:
    definition = _definition(row)
    if definition.trigger is not AutoDeploy.CHECKS_PASS:
        return Open(wording.QUEUED)  # it waited for a person's approval, and has it
    return gate.judge(
        [*reading.runs, *reading.statuses] if definition.count_statuses else reading.runs,
        own_app_id=parts.settings.github.app_id,
        required=definition.required_checks,
        now=parts.clock.now(),
        since=_since(row),
        # What was seen before a gate closed is no first look at what opens it again.
        open_since=row.open_since if row.status is Status.WAITING else None,
        rules=parts.settings.timing.gate_rules(),
    )


def _since(row: Deployment) -> datetime:
    """Its checks are waited for since it was approved, or since its gate was opened again; a gate that is closed is
    judged as it was then."""
    return row.moved_at if row.status is Status.WAITING and row.moved_at else row.created_at


def _definition(row: Deployment) -> Definition:
    return Definition.load(row.definition or {})


def _postpone(parts: Parts, rows: list[Deployment], trouble: Unavailable) -> None:
    """Overdue rows are rung for again and again: not before GitHub may be asked again."""
    later = parts.clock.now() + timedelta(seconds=max(_PAUSE, trouble.retry_after or 0))
    for row in rows:
        parts.store.deployments.wait(row.id, later, row.open_since, row.reason)


def _has_a_say(parts: Parts, row: Deployment) -> bool:
    """Waiting rows, and those whose gate closed: a check that is re-run to success opens it again, for the newest. One
    that waits for a person's approval waits for that first, however green its checks are."""
    if row.status is Status.WAITING:
        return not row.needs_approval
    closed = row.status is Status.SKIPPED and row.gated
    return closed and not parts.store.deployments.newer_than(row) and not _stopped(parts, row)


def _stopped(parts: Parts, row: Deployment) -> bool:
    """Somebody stopped automatic deploys since the gate closed."""
    service = parts.store.services.get(row.service_id)
    freezes = parts.store.freezes.of_repository(row.repository_id)
    off = row.environment == PRODUCTION and service is not None and service.auto_deploy_off is not None
    return off or freeze.frozen(freezes, row.service, row.environment) is not None


def _apply(parts: Parts, row: Deployment, verdict: Open | Waiting | Closed) -> None:
    try:
        match verdict:
            case Open():
                progress.move(parts, row.id, Move(Status.QUEUED, verdict.reason))
                lane.arrange(parts, row.service_id, row.environment)
            case Waiting():
                open_since = verdict.open_since
                if row.status is Status.SKIPPED:
                    reopened = progress.move(parts, row.id, Move(Status.WAITING, wording.GATE_REOPENED))
                    # It waits from now on, and what it was opened by was seen no earlier.
                    open_since = reopened.moved_at if open_since else None
                parts.store.deployments.wait(row.id, verdict.look_at, open_since, verdict.reason)
                parts.bell.report()
            case Closed():
                if row.status is Status.WAITING:
                    progress.move(parts, row.id, Move(Status.SKIPPED, verdict.reason))
            case _:
                assert_never(verdict)
    except IllegalMove:
        return  # superseded or canceled while we looked
