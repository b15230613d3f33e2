"""A pull request changed somehow: shall it have a preview now, and of what? Called by webhooks, commands and the sweep.

Everything is known by the pull request's number alone; branches are renamed, deleted, and stacked on each other.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from tidegate import preview, wording
from tidegate.audit import About, Via
from tidegate.blueprint import AutoDeploy, Previews
from tidegate.blueprint import Service as Definition
from tidegate.deployment import Deployment, Move, Status, Trigger
from tidegate.events import PreviewApproved, PullRequestChanged
from tidegate.facts import PullRequest
from tidegate.permission import Action
from tidegate.preview import Generation, Preview, Unapproved, Unwanted, Wanted
from tidegate.repository import Repository, TimelineEntry
from worker import allowed, consider, decide, deployfile, lane, progress, removal
from worker.deployfile import DeployFile
from worker.look import Look, alone
from worker.parts import Parts


def changed(parts: Parts, event: PullRequestChanged) -> None:
    """Looks at the pull request on GitHub; makes, updates or removes its preview."""
    repository = parts.store.repositories.get(event.repository_id)
    if repository is not None and not repository.gone:
        look_at(parts, repository, event.number, event.actor)


def look_at(parts: Parts, repository: Repository, number: int, actor: str, *, spare: bool = False) -> None:
    """`spare`: nobody waits for it."""
    with alone(parts, repository):
        pull = parts.github.pull(repository, number, spare=spare)
        known = parts.store.previews.get(repository.id, number)
        if pull is not None and pull.open:
            _bring(parts, repository, pull, known, actor)
        elif known is not None and (known.open or known.absent is None):
            merged = pull is not None and pull.merged
            removal.remove(parts, repository, replace(known, open=False), wording.pull_ended(number, merged), actor)
    if pull is not None and pull.open:
        consider.consider(parts, repository.id, pull.head_sha)


def ask(parts: Parts, repository: Repository, number: int, actor: str, *, force: bool = False) -> bool:
    """Somebody who may wants it, whatever the deploy file or a skip phrase says, and whoever removed it. `force`: past
    a freeze. False: nothing happens, since the pull request isn't open."""
    with alone(parts, repository):
        pull = parts.github.pull(repository, number)
        if pull is not None and pull.open:
            known = parts.store.previews.get(repository.id, number)
            _bring(parts, repository, pull, known, actor, asked=True, force=force)
    if pull is None or not pull.open:
        return False
    consider.consider(parts, repository.id, pull.head_sha)
    return True


def approved(parts: Parts, event: PreviewApproved) -> None:
    """Lets the commit run on which the button was pressed, and no later one."""
    repository = parts.store.repositories.get(event.repository_id)
    if repository is None or repository.gone:
        return
    found = parts.store.reports.by_check_run(repository.id, event.check_run_id)
    row = parts.store.deployments.get(found) if found else None
    number = preview.number_of(row.environment) if row else None
    if number is not None and allowed.check(
        parts, repository, event.actor, Action.APPROVE, preview.environment_of(number)
    ):
        about = About(repository.id, environment=preview.environment_of(number), deployment_id=found)
        allowed.record(parts, event.actor, Via.BUTTON, Action.APPROVE, about, event.sha)
        _approve(parts, repository, number, event.sha, event.actor)


def let_run(parts: Parts, repository: Repository, row: Deployment, actor: str) -> bool:
    """The commit of a deployment that waits for it; whoever asks has asked whether they may. False: it doesn't."""
    number = preview.number_of(row.environment)
    waits = number is not None and row.needs_approval and row.status is Status.WAITING
    return waits and number is not None and _approve(parts, repository, number, row.sha, actor)


def _approve(parts: Parts, repository: Repository, number: int, sha: str, actor: str) -> bool:
    """False: pushed to meanwhile, and that commit needs an approval of its own."""
    with alone(parts, repository):
        record = parts.store.previews.get(repository.id, number)
        is_head = record is not None and record.absent is None and record.head_sha == sha
        if record is not None and is_head:
            parts.store.previews.save(replace(record, approved_sha=sha, approved_by=actor))
            for row in parts.store.deployments.of_commit(repository.id, sha):
                if row.needs_approval and row.environment == record.environment:
                    _let_run(parts, row.id, actor)
    consider.consider(parts, repository.id, sha)
    return is_head


def remove_by_hand(parts: Parts, repository: Repository, number: int, actor: str) -> None:
    """It returns with the next push."""
    with alone(parts, repository):
        record = parts.store.previews.get(repository.id, number)
        if record is not None and record.absent is None:
            gone = replace(record, removed_sha=record.head_sha)
            removal.remove(parts, repository, gone, wording.preview_removed_by(actor), actor)


def _seen(parts: Parts, repository: Repository, pull: PullRequest, record: Preview | None) -> Preview:
    """The record, brought to what GitHub says now."""
    now, fork = parts.clock.now(), pull.is_fork_of(repository.id)
    if record is None:
        return Preview(
            repository.id, pull.number, pull.head_sha, pull.head_branch, fork, True, now, wording.NO_PREVIEW_YET
        )
    pushed_at: datetime = record.pushed_at if record.head_sha == pull.head_sha else now
    return replace(
        record, head_sha=pull.head_sha, head_branch=pull.head_branch, fork=fork, open=True, pushed_at=pushed_at
    )


def _bring(
    parts: Parts,
    repository: Repository,
    pull: PullRequest,
    known: Preview | None,
    actor: str,
    *,
    asked: bool = False,
    force: bool = False,
) -> None:
    record = _seen(parts, repository, pull, known)
    if known is None:
        # A deploy may begin as soon as it is queued, and asks the record whether the code is a stranger's.
        parts.store.previews.save(record)
    if asked:
        record = replace(record, asked_by=actor, removed_sha=None, pushed_at=parts.clock.now())
    file = deployfile.read(parts.github.deploy_file(repository, pull.head_sha))
    verdict = _judge(parts, repository, pull, record, file)
    if known == record and not asked and _stands(record, verdict):
        return
    moved = known is not None and known.head_sha != pull.head_sha
    look = Look(
        parts,
        repository,
        record.environment,
        parts.github.commit(repository, pull.head_sha),
        file,
        pull.head_branch,
        Trigger.PULL_REQUEST,
        actor,
        before=known.head_sha if known is not None and moved else None,
        needs_approval=isinstance(verdict, Unapproved),
        asked=asked,
        force=force,
    )
    if file.findings:
        decide.nothing_to_deploy(look)
    match verdict:
        case Unwanted(reason):
            # Explained first: once the record says so, nobody looks again.
            decide.explain(look, _services(file), reason)
            removal.remove(parts, repository, record, reason, actor)
        case Wanted() | Unapproved():
            _make(look, record, actor)


def _judge(
    parts: Parts, repository: Repository, pull: PullRequest, record: Preview, file: DeployFile
) -> Wanted | Unwanted | Unapproved:
    others = [each for each in parts.store.previews.of_repository(repository.id) if each.number != pull.number]
    return preview.judge(
        pull,
        record,
        _rules(parts, repository, pull, record, file),
        fork=record.fork,
        others=sum(each.absent is None for each in others),
        limit=parts.settings.preview_limit,
        now=parts.clock.now(),
    )


def _stands(record: Preview, verdict: Wanted | Unwanted | Unapproved) -> bool:
    """The record is saved once its head is decided, so an equal one has nothing left to do."""
    return record.absent == (verdict.reason if isinstance(verdict, Unwanted) else None)


def _make(look: Look, record: Preview, actor: str) -> None:
    parts = look.parts
    afresh = record.absent is not None
    decide.decide(look, _services(look.file), afresh=afresh)
    # Only now, so that a kill in between leaves it to be made by the next look.
    parts.store.previews.save(replace(record, absent=None))
    if afresh:
        text = f"a preview of #{record.number} is made"
        parts.store.timeline.add(
            TimelineEntry(
                parts.clock.now(),
                "preview-created",
                text,
                actor,
                record.repository_id,
                environment=record.environment,
                sha=look.sha,
            )
        )
    parts.store.previews.touch(record.repository_id, record.number)


def _rules(parts: Parts, repository: Repository, pull: PullRequest, record: Preview, file: DeployFile) -> Previews:
    """Of the pull request's own deploy file. A fork's must not let itself in, and a broken one says nothing: there the
    base branch's decides, but that a mistake takes no preview away."""
    broken = bool(file.findings)
    if broken or record.fork:
        base = parts.github.branch_head(repository, pull.base_branch)
        file = deployfile.read(parts.github.deploy_file(repository, base.sha) if base else None)
    rules = file.blueprint.previews if file.blueprint else Previews()
    if broken and record.absent is None and not record.fork:
        return rules.model_copy(update={"generation": Generation.AUTOMATIC})
    return rules


def _services(file: DeployFile) -> tuple[Definition, ...]:
    return file.blueprint.services if file.blueprint else ()


def _let_run(parts: Parts, deployment_id: str, actor: str) -> None:
    """Its gate has a say from now on, where it has one; else it is queued."""
    if not parts.store.deployments.approve(deployment_id, actor, parts.clock.now()):
        return
    row = parts.store.deployments.get(deployment_id)
    if row is None:
        return
    if Definition.load(row.definition or {}).trigger is AutoDeploy.CHECKS_PASS:
        if parts.settings.build_ahead:
            parts.bell.build_ahead(row.id)
        return
    progress.move_if_legal(parts, row.id, Move(Status.QUEUED, wording.approved_by(actor), actor))
    lane.arrange(parts, row.service_id, row.environment)
