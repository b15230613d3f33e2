"""Looks at everything again: what a lost ring, a killed worker or a lost webhook left undone is found and rung for.

Everything here calls the same functions that webhooks call; nothing is decided here.
"""

from __future__ import annotations

from datetime import timedelta

import structlog

from tidegate import blueprint
from tidegate.blueprint import Service as Definition
from tidegate.events import BranchPushed, RepositorySeen
from tidegate.repository import Repository
from worker import intake, lane, retire
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
    try:
        retire.leftovers(parts)
    except Unavailable as trouble:
        log.warning("the host can't be swept now", trouble=str(trouble))


def catch_up(parts: Parts) -> None:
    """Every few minutes: what GitHub told and nobody heard. Missed deliveries are asked for again, linked branches
    are looked at as if they had just been pushed, and awaited checks as if they had just changed."""
    try:
        for repository in parts.github.repositories():
            parts.store.repositories.see(
                RepositorySeen(
                    repository.id,
                    repository.installation_id,
                    repository.owner,
                    repository.name,
                    repository.default_branch,
                    repository.private,
                ),
                parts.clock.now(),
            )
        missed = parts.github.missed_deliveries(parts.clock.now() - timedelta(hours=_DELIVERIES))
    except (Unavailable, Refused) as trouble:
        log.warning("GitHub can't be swept now", trouble=str(trouble))
        return
    if missed:
        log.info("asked GitHub for missed deliveries", count=len(missed))
    for repository in parts.store.repositories.all():
        if not repository.gone:
            _look_at_branches(parts, repository)
    for repository_id, sha in {(row.repository_id, row.sha) for row in parts.store.deployments.all_waiting()}:
        parts.bell.consider(repository_id, sha)


def _look_at_branches(parts: Parts, repository: Repository) -> None:
    """A tip that no row knows was pushed unheard."""
    for branch in _linked_branches(parts, repository):
        try:
            head = parts.github.branch_head(repository, branch)
            if head is None or parts.store.deployments.of_commit(repository.id, head.sha):
                continue
            intake.handle(parts, BranchPushed(repository.id, branch, None, head.sha, forced=False, actor="tidegate"))
        except (Unavailable, Refused) as trouble:
            log.warning("a branch can't be swept now", repository=repository.full_name, trouble=str(trouble))


def _linked_branches(parts: Parts, repository: Repository) -> set[str]:
    services = parts.store.services.of_repository(repository.id)
    own = {Definition.load(s.definition).branch for s in services if s.name != blueprint.FILE_NAME}
    return {branch or repository.default_branch for branch in own} | {repository.default_branch}
