"""Looks at everything again: what a lost ring, a killed worker or a lost webhook left undone is found and rung for.

Everything here calls the same functions that webhooks call; nothing is decided here.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import partial

import structlog

from tidegate import blueprint, wording
from tidegate.blueprint import Service as Definition
from tidegate.events import BranchDeleted, BranchPushed, RepositorySeen
from tidegate.repository import PRODUCTION, Repository
from worker import consider, gone, intake, lane, previews, push, removal, retire
from worker.look import alone
from worker.parts import Parts
from worker.ports import Refused, Unavailable

#: A queued row that nobody took for this long was not heard, in seconds.
_UNHEARD = 5.0
#: How far back GitHub's list of deliveries is read, in hours; it keeps three days.
_DELIVERIES = 72

log = structlog.get_logger(__name__)


def tick(parts: Parts) -> None:
    """Every second: what has become due. Reads only rows, so it costs next to nothing."""
    now = parts.clock.now()
    if parts.store.deliveries.pending(now):
        parts.bell.drain()
    for repository_id, sha in {(row.repository_id, row.sha) for row in parts.store.deployments.due(now)}:
        parts.bell.consider(repository_id, sha)
    if parts.store.deployments.unreported(1, now):
        parts.bell.report()


def sweep(parts: Parts) -> None:
    """Every few seconds: what got stuck."""
    now = parts.clock.now()
    deployments = parts.store.deployments
    for orphan in deployments.orphans(now):
        log.warning("taking up an orphaned deployment", deployment=orphan.id, status=orphan.status)
        parts.bell.deploy(orphan.id)
    for row in deployments.queued(now - timedelta(seconds=_UNHEARD)):
        lane.arrange(parts, row.service_id, row.environment)
    for service_id, environment in deployments.crowded():
        retire.replaced(parts, service_id, environment)
    for sweeping in (retire.leftovers, _previews, _gone):
        try:
            sweeping(parts)
        except Unavailable as trouble:
            log.warning("the host can't be swept now", trouble=str(trouble))


def _previews(parts: Parts) -> None:
    """Those whose removal was cut short, or had to wait for what was still running."""
    for record in parts.store.previews.unclean():
        repository = parts.store.repositories.get(record.repository_id)
        assert repository is not None
        with alone(parts, repository):
            now = parts.store.previews.get(record.repository_id, record.number)
            if now is not None and now.absent is not None:
                removal.clear(parts, now)


def _gone(parts: Parts) -> None:
    """Those that were being deployed when they went."""
    for repository_id in parts.store.deployments.left_of_gone():
        gone.stop_all(parts, repository_id)


def catch_up(parts: Parts) -> None:
    """Every few minutes: what GitHub told and nobody heard. Missed deliveries are asked for again, linked branches and
    pull requests are looked at as if they had just been pushed, and awaited checks as if they had just changed."""
    try:
        listed = parts.github.repositories()
        missed = parts.github.missed_deliveries(parts.clock.now() - timedelta(hours=_DELIVERIES))
    except (Unavailable, Refused) as trouble:
        log.warning("GitHub can't be swept now", trouble=str(trouble))
        return
    if missed:
        log.info("asked GitHub for missed deliveries", count=len(missed))
    for repository in _present(parts, listed):
        _look_at_branches(parts, repository)
        _look_at_pulls(parts, repository)
    for repository_id, sha in consider.unheard(parts):
        parts.bell.consider(repository_id, sha)


def _present(parts: Parts, listed: Sequence[Repository]) -> list[Repository]:
    """As GitHub lists them. What it doesn't list any more was taken from us; what it lists again is back."""
    for known in parts.store.repositories.all():
        if not known.gone and all(known.id != each.id for each in listed):
            _quietly(known, partial(gone.taken, parts, known.id, wording.REPOSITORY_NOT_LISTED))
    for each in listed:
        seen = parts.store.repositories.see(
            RepositorySeen(each.id, each.installation_id, each.owner, each.name, each.default_branch, each.private),
            parts.clock.now(),
        )
        if seen.gone:
            gone.returned(parts, each)
    return list(listed)


def _look_at_branches(parts: Parts, repository: Repository) -> None:
    """A tip that no row knows was pushed unheard."""
    services = parts.store.services.of_repository(repository.id)
    definitions = [Definition.load(each.definition) for each in services if each.name != blueprint.FILE_NAME]
    for branch in sorted(push.linked_branches(repository, definitions)):
        _quietly(repository, partial(_look_at_branch, parts, repository, branch))


def _look_at_branch(parts: Parts, repository: Repository, branch: str) -> None:
    head = parts.github.branch_head(repository, branch, spare=True)
    if head is None:
        intake.handle(parts, BranchDeleted(repository.id, branch, actor="tidegate"))
    elif all(row.environment != PRODUCTION for row in parts.store.deployments.of_commit(repository.id, head.sha)):
        intake.handle(parts, BranchPushed(repository.id, branch, None, head.sha, forced=False, actor="tidegate"))


def _look_at_pulls(parts: Parts, repository: Repository) -> None:
    """Each that is open and was not looked at with that head; and each that we hold open and that isn't any more."""
    known = {each.number: each for each in parts.store.previews.of_repository(repository.id)}
    try:
        pulls = parts.github.open_pulls(repository)
    except (Unavailable, Refused) as trouble:
        log.warning("pull requests can't be swept now", repository=repository.full_name, trouble=str(trouble))
        return
    there = {each.number: each for each in pulls}
    ended = {number for number, record in known.items() if record.open and number not in there}
    for number in sorted({*there, *ended}):
        _quietly(repository, partial(previews.look_at, parts, repository, number, there.get(number), "tidegate"))


def _quietly(repository: Repository, look: Callable[[], None]) -> None:
    """One that can't be looked at now doesn't keep the others from it."""
    try:
        look()
    except (Unavailable, Refused) as trouble:
        log.warning("this can't be swept now", repository=repository.full_name, trouble=str(trouble))
