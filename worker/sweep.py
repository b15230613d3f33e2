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
from tidegate.deployment import Trigger
from tidegate.events import BranchDeleted, BranchPushed, RepositorySeen
from tidegate.repository import PRODUCTION, Repository
from tidegate.settings import Webhooks
from worker import (
    consider,
    decide,
    dismissal,
    gone,
    intake,
    lane,
    make_way,
    messenger,
    names,
    previews,
    push,
    removal,
    retire,
    runs,
)
from worker.datadir import DataDir
from worker.look import alone
from worker.parts import Parts
from worker.ports import Refused, Unavailable
from worker.survey import scratch

#: A queued row that nobody took for this long was not heard, in seconds.
_UNHEARD = 5.0
#: Deployments that are looked through for the last push of a branch.
_LOOKED_THROUGH = 200
#: How far back GitHub's list of deliveries is read, in hours; it keeps three days.
_DELIVERIES = 72
#: After this nobody waits for an answer any more, and GitHub sends no delivery again.
_ANSWERED, _HANDLED = timedelta(hours=1), timedelta(days=4)

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
    if parts.store.outgoing.waiting(now):
        parts.bell.send()


def sweep(parts: Parts) -> None:
    """Every few seconds: what got stuck."""
    now = parts.clock.now()
    deployments = parts.store.deployments
    for orphan in deployments.orphans(now):
        log.warning("taking up an orphaned deployment", deployment_id=orphan.id, status=orphan.status)
        parts.bell.deploy(orphan.id)
    for row in deployments.queued(now - timedelta(seconds=_UNHEARD)):
        lane.arrange(parts, row.service_id, row.environment)
    for service_id, environment in deployments.crowded():
        retire.replaced(parts, service_id, environment)
    make_way.bring_back(parts)
    for sweeping in (retire.leftovers, runs.leftovers, _previews, _gone, dismissal.go_on, _names, _scratch):
        try:
            sweeping(parts)
        except Unavailable as trouble:
            log.warning("the host can't be swept now", trouble=str(trouble))
    if parts.store.previews.comments_due() or parts.store.replies.due():
        parts.bell.report()


def _scratch(parts: Parts) -> None:
    """Of killed workers: there may be secrets in it, of a build that was under way."""
    for item in scratch(parts):
        if item.verdict.go:
            DataDir(parts.settings.data).remove_scratch(item.name)


def _names(parts: Parts) -> None:
    parts.hosts.each(lambda engine: names.align(parts, engine.name))


def _previews(parts: Parts) -> None:
    """Those whose removal was cut short, or had to wait for what was still running."""
    for record in parts.store.previews.unclean():
        repository = parts.store.repositories.get(record.repository_id)
        assert repository is not None
        _quietly(repository, partial(_clear, parts, repository, record.number))


def _clear(parts: Parts, repository: Repository, number: int) -> None:
    with alone(parts, repository):
        record = parts.store.previews.get(repository.id, number)
        if record is not None and record.absent is not None:
            removal.clear(parts, repository, record)


def _gone(parts: Parts) -> None:
    """Those that were being deployed when they went."""
    for repository_id in parts.store.deployments.left_of_gone():
        gone.stop_all(parts, repository_id)


def catch_up(parts: Parts) -> None:
    """Every few minutes: what GitHub told and nobody heard. Missed deliveries are asked for again, linked branches and
    pull requests are looked at as if they had just been pushed, and awaited checks as if they had just changed."""
    _forget(parts)
    known = parts.store.repositories.all()  # before GitHub is asked: one that is added meanwhile is in no list yet
    try:
        listed = parts.github.repositories()
        missed = _ask_again(parts)
    except (Unavailable, Refused) as trouble:
        log.warning("GitHub can't be swept now", trouble=str(trouble))
        return
    if missed:
        log.info("asked GitHub for missed deliveries", count=len(missed))
    for repository in _present(parts, known, listed):
        _look_at_branches(parts, repository)
        _look_at_pulls(parts, repository)
    for repository_id, sha in consider.unheard(parts):
        parts.bell.consider(repository_id, sha)


def _forget(parts: Parts) -> None:
    now = parts.clock.now()
    parts.store.answers.prune(now - _ANSWERED)
    parts.store.deliveries.prune(now - _HANDLED)
    parts.store.outgoing.prune(now - messenger.KEPT)


def _ask_again(parts: Parts) -> Sequence[str]:
    """Where deliveries can't be sent to us, sending them again is of no use: each is read from GitHub's list."""
    if parts.settings.webhooks is Webhooks.POLL:
        return ()
    return parts.github.missed_deliveries(parts.clock.now() - timedelta(hours=_DELIVERIES))


def _present(parts: Parts, known: Sequence[Repository], listed: Sequence[Repository]) -> list[Repository]:
    """As GitHub lists them. What it doesn't list any more was taken from us; what it lists again is back."""
    there = {each.id for each in listed}
    for each in known:
        if not each.gone and each.id not in there:
            _quietly(each, partial(gone.taken, parts, each.id, wording.REPOSITORY_NOT_LISTED))
    for each in listed:
        parts.store.repositories.see(
            RepositorySeen(each.id, each.installation_id, each.owner, each.name, each.default_branch, each.private),
            parts.clock.now(),
        )
        gone.returned(parts, each)
    return list(listed)


def _look_at_branches(parts: Parts, repository: Repository) -> None:
    """A tip that no row knows was pushed unheard, and so was one that the newest push has left."""
    services = parts.store.services.of_repository(repository.id)
    definitions = [Definition.load(each.definition) for each in services if each.name != blueprint.FILE_NAME]
    for branch in sorted(push.linked_branches(repository, definitions)):
        _quietly(repository, partial(_look_at_branch, parts, repository, branch))


def _look_at_branch(parts: Parts, repository: Repository, branch: str) -> None:
    head = parts.github.branch_head(repository, branch, spare=True)
    if head is None:
        intake.handle(parts, BranchDeleted(repository.id, branch, actor="tidegate"))
        return
    before = _last_pushed(parts, repository, branch)
    known = any(row.environment == PRODUCTION for row in parts.store.deployments.of_commit(repository.id, head.sha))
    if not known or before not in {None, head.sha}:
        intake.handle(parts, BranchPushed(repository.id, branch, before, head.sha, forced=False, actor="tidegate"))


def _last_pushed(parts: Parts, repository: Repository, branch: str) -> str | None:
    """The commit that the last push of the branch that was looked at has brought; None where that is long ago."""
    for row in parts.store.deployments.of_environment(repository.id, PRODUCTION, _LOOKED_THROUGH):
        if row.branch == branch and row.trigger is Trigger.PUSH and not decide.never_tip(row):
            return row.sha
    return None


def _look_at_pulls(parts: Parts, repository: Repository) -> None:
    """Each that is open, and each that we hold open."""
    held = {each.number for each in parts.store.previews.of_repository(repository.id) if each.open}
    try:
        pulls = parts.github.open_pulls(repository)
    except (Unavailable, Refused) as trouble:
        log.warning("pull requests can't be swept now", repository=repository.full_name, trouble=str(trouble))
        return
    for number in sorted(held | {each.number for each in pulls}):
        _quietly(repository, partial(previews.look_at, parts, repository, number, "tidegate", spare=True))


def _quietly(repository: Repository, look: Callable[[], None]) -> None:
    """One that can't be looked at now doesn't keep the others from it."""
    try:
        look()
    except (Unavailable, Refused) as trouble:
        log.warning("this can't be swept now", repository=repository.full_name, trouble=str(trouble))
