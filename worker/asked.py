"""Somebody asked for a deploy: by a button, a comment, a deploy hook or a deployment made at GitHub. Never filtered,
never gated; a freeze holds unless an admin forces it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import assert_never

from tidegate import blueprint, disk, freeze, preview, wording
from tidegate.audit import About, Via
from tidegate.blueprint import Service as Definition
from tidegate.deployment import Deployment, Status, Trigger
from tidegate.events import DeployAsked
from tidegate.facts import Commit
from tidegate.permission import Action
from tidegate.repository import Repository, Service
from tidegate.store import NewDeployment
from tidegate.store.timeline import entry_of
from worker import allowed, auto_deploy, deployfile, lane, previews
from worker.parts import Parts


@dataclass(frozen=True)
class Ask:
    """By whom and how. `force`: past a freeze, for those who may. `clear_cache`: built anew. `back_to`: the deployment
    that a rollback goes to; None is what was live before."""

    trigger: Trigger
    actor: str
    force: bool = False
    clear_cache: bool = False
    github_deployment: int | None = None
    back_to: Deployment | None = None


_ACTIONS = {
    Trigger.REDEPLOY: Action.REDEPLOY,
    Trigger.RERUN: Action.REDEPLOY,
    Trigger.ROLLBACK: Action.ROLLBACK,
    Trigger.RESTART: Action.RESTART,
}


def answer(parts: Parts, event: DeployAsked) -> None:
    """A button on a check run, or GitHub's Re-run: a new deployment for each that was asked about."""
    repository = parts.store.repositories.get(event.repository_id)
    if repository is None or repository.gone:
        return
    sources = _sources(parts, event)
    action = _ACTIONS[event.trigger]
    if sources and allowed.check(parts, repository, event.actor, action):
        for source in sources:
            if event.check_run_id is not None or _is_newest(parts, source):
                about = About(repository.id, source.service, source.environment, source.id)
                allowed.record(parts, event.actor, Via.BUTTON, action, about)
                again(parts, repository, source, Ask(event.trigger, event.actor))


def again(parts: Parts, repository: Repository, source: Deployment, ask: Ask) -> Deployment | None:
    """What was deployed once, as the trigger says; None where there is nothing to do, which the timeline tells."""
    if not _may_run(parts, repository, source, ask):
        return None
    match ask.trigger:
        case Trigger.ROLLBACK:
            return _roll_back(parts, source, ask)
        case Trigger.RESTART:
            return _repeat(parts, source, ask, wording.restarted_by(ask.actor))
        case Trigger.REDEPLOY | Trigger.RERUN:
            return _redeploy(parts, repository, source, ask)
        case (
            Trigger.PUSH
            | Trigger.PULL_REQUEST
            | Trigger.SWEEP
            | Trigger.MANUAL
            | Trigger.HOOK
            | Trigger.DEPLOYMENT
            | Trigger.CONFIG
        ):
            raise ValueError(f"{ask.trigger} repeats nothing")
        case _:
            assert_never(ask.trigger)


def deploy(
    parts: Parts,
    repository: Repository,
    place: tuple[Service, str],
    commit: Commit,
    branch: str,
    definition: Definition,
    ask: Ask,
) -> Deployment:
    """A commit to a place (service, environment), whatever is live there."""
    service, environment = place
    parts.store.environments.ensure(service.id, environment)
    return enqueue(
        parts,
        ask,
        NewDeployment(
            repository_id=repository.id,
            service_id=service.id,
            service=service.name,
            environment=environment,
            sha=commit.sha,
            branch=branch,
            message=commit.message,
            author=commit.author,
            trigger=ask.trigger,
            actor=ask.actor,
            status=Status.QUEUED,
            reason=wording.deployed_by(ask.actor, commit.sha),
            tree=commit.tree,
            definition=definition.dump(),
            clear_cache=ask.clear_cache,
            github_deployment=ask.github_deployment,
        ),
    )


def _sources(parts: Parts, event: DeployAsked) -> list[Deployment]:
    """The deployment of the check run, or for a suite the newest of each place of the commit."""
    if event.check_run_id is not None:
        found = parts.store.reports.by_check_run(event.repository_id, event.check_run_id)
        source = parts.store.deployments.get(found) if found else None
        return [source] if source else []
    newest: dict[tuple[int, str], Deployment] = {}
    for row in parts.store.deployments.of_commit(event.repository_id, event.sha):
        newest.setdefault((row.service_id, row.environment), row)
    return list(newest.values())


def _is_newest(parts: Parts, source: Deployment) -> bool:
    """Not where what was done for another of the commit's has seen to this one: a preview is made as a whole."""
    newest = parts.store.deployments.newest(source.service_id, source.environment, source.sha)
    return newest is not None and newest.id == source.id


def _may_run(parts: Parts, repository: Repository, source: Deployment, ask: Ask) -> bool:
    """A preview that isn't there is asked for instead, and a fork's commit needs its approval however it is asked; what
    was live has had it."""
    number = preview.number_of(source.environment)
    record = parts.store.previews.get(repository.id, number) if number is not None else None
    if record is None:
        return number is None and _is_there(parts, source, ask)
    if record.absent is not None:
        if not record.open:
            _say(parts, source, ask, f"{ask.trigger}-refused", wording.PULL_CLOSED)
        previews.ask(parts, repository, record.number, ask.actor, force=ask.force)
        return False
    if record.fork and record.approved_sha != source.sha and source.live_at is None:
        _say(parts, source, ask, f"{ask.trigger}-refused", wording.WAITING_FOR_APPROVAL)
        return False
    return _is_there(parts, source, ask)


def _is_there(parts: Parts, source: Deployment, ask: Ask) -> bool:
    """Neither the service was removed, nor what a restart would repeat."""
    place = parts.store.environments.get(source.service_id, source.environment)
    if place is None or place.removed is not None:
        _say(parts, source, ask, f"{ask.trigger}-refused", wording.SERVICE_REMOVED)
        return False
    if source.discarded is not None and ask.trigger is Trigger.RESTART:
        _say(parts, source, ask, f"{ask.trigger}-refused", source.discarded)
        return False
    return True


def _redeploy(parts: Parts, repository: Repository, source: Deployment, ask: Ask) -> Deployment | None:
    """The same commit with what its deploy file says; the image is reused where the same tree was built before."""
    definition = deployfile.read(parts.github.deploy_file(repository, source.sha)).service(source.service)
    if source.service == blueprint.FILE_NAME or definition is None:
        return None  # the commit has no such service: its own row says what is wrong
    return _repeat(parts, source, ask, wording.redeployed_by(ask.actor), definition)


def _roll_back(parts: Parts, source: Deployment, ask: Ask) -> Deployment | None:
    """To a deployment that was live before: its image, its definition but for the disk, no build. Auto-deploy goes off
    and says so."""
    target = ask.back_to or parts.store.deployments.previous_live(source.service_id, source.environment, source)
    if target is None:
        _say(parts, source, ask, "rollback-refused", wording.NOTHING_TO_ROLL_BACK_TO)
        return None
    live = parts.store.deployments.live(source.service_id, source.environment)
    if live is not None:
        definition = disk.with_todays(target.definition or {}, live.definition or {})
        target = replace(target, definition=definition)
    row = _repeat(parts, target, ask, wording.rolled_back_by(ask.actor, target.sha))
    service = parts.store.services.get(source.service_id)
    if service is not None and row.status is Status.QUEUED and preview.number_of(source.environment) is None:
        auto_deploy.turn_off(parts, service, wording.auto_deploy_off_by_rollback(ask.actor, target.sha), ask.actor)
    return row


def _repeat(
    parts: Parts, source: Deployment, ask: Ask, reason: str, definition: Definition | None = None
) -> Deployment:
    """Without a definition it is exactly the source's, with its variables and its image, so that nothing is built."""
    new = NewDeployment.again(source, ask.trigger, ask.actor, reason)
    if definition is not None:
        new = replace(new, definition=definition.dump(), snapshot_of=None, build_key=None, image=None, image_id=None)
    return enqueue(parts, ask, replace(new, clear_cache=ask.clear_cache))


def enqueue(parts: Parts, ask: Ask, new: NewDeployment) -> Deployment:
    """Queued, or skipped where a freeze holds it."""
    frozen = freeze.frozen(parts.store.freezes.of_repository(new.repository_id), new.service, new.environment)
    if frozen is not None and not ask.force:
        reason = wording.frozen_ask(freeze.told(frozen))
        new = replace(new, status=Status.SKIPPED, reason=reason)
        made = parts.store.deployments.create(new, parts.clock.now())
        parts.bell.report()
        return made
    return lane.enqueue(parts, new)


def _say(parts: Parts, source: Deployment, ask: Ask, kind: str, text: str) -> None:
    parts.store.timeline.add(entry_of(source, parts.clock.now(), kind, text, ask.actor))
