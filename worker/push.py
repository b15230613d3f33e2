"""A branch moved: what is decided for each service that is linked to it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from tidegate import blueprint, wording
from tidegate.blueprint import Service as Definition
from tidegate.deployment import Status, Trigger
from tidegate.events import BranchDeleted, BranchPushed
from tidegate.logline import carried
from tidegate.repository import PRODUCTION, Repository, TimelineEntry
from worker import auto_deploy, decide, deployfile
from worker.consider import consider
from worker.look import Look, alone
from worker.parts import Parts


def pushed(parts: Parts, event: BranchPushed) -> None:
    """Looks at the branch and its commit on GitHub, and writes a row per linked service: waiting, queued or skipped."""
    repository = parts.store.repositories.get(event.repository_id)
    if repository is None or repository.gone:
        return
    # Two readings side by side, since each is a round trip on the way to live; the branch tells its commit too.
    with ThreadPoolExecutor(max_workers=1) as pool, alone(parts, repository):
        text = pool.submit(carried(parts.github.deploy_file), repository, event.after)
        tip = parts.github.branch_head(repository, event.branch)
        if tip is None:
            _unlink(parts, repository, event.branch, event.actor)
            return
        commit = tip if tip.sha == event.after else parts.github.commit(repository, event.after)
        file = deployfile.read(text.result())
        look = Look(parts, repository, PRODUCTION, commit, file, event.branch, Trigger.PUSH, event.actor, event.before)
        _record(look, tip.sha)
    consider(parts, repository.id, event.after)


def linked_branches(repository: Repository, definitions: list[Definition]) -> set[str]:
    """All branches that a push to can deploy something."""
    return {each.linked_branch(repository.default_branch) for each in definitions} | {repository.default_branch}


def _record(look: Look, tip: str) -> None:
    if look.file.blueprint is None:
        if look.branch == look.repository.default_branch and tip == look.sha:
            decide.nothing_to_deploy(look)
        return
    default = look.repository.default_branch
    linked = [each for each in look.file.blueprint.services if each.linked_branch(default) == look.branch]
    if tip == look.sha:
        _unlist(look)
        decide.decide(look, linked)
    else:
        # Deliveries come late and out of order: this commit is no longer the tip, and the tip has its own event.
        _superseded(look, linked, tip)


def _unlist(look: Look) -> None:
    """Says once of what the deploy file has no more that it goes on running; only a person removes it."""
    store, default = look.parts.store, look.repository.default_branch
    listed = {each.name for each in look.file.blueprint.services} if look.file.blueprint else set()
    for service in store.services.of_repository(look.repository.id):
        if service.name in listed | {blueprint.FILE_NAME} or store.environments.get(service.id, PRODUCTION) is None:
            continue
        linked = Definition.load(service.definition).linked_branch(default)
        if linked == look.branch and store.services.unlist(service.id, look.sha):
            now, text = look.parts.clock.now(), wording.unlisted(look.sha)
            place = look.repository.id, service.name, PRODUCTION, None, look.sha
            store.timeline.add(TimelineEntry(now, "unlisted", text, look.actor, *place))


def _superseded(look: Look, linked: list[Definition], tip: str) -> None:
    """Says on a commit that was overtaken before it was looked at why it isn't deployed."""
    store = look.parts.store
    for definition in linked[: decide.TOLD_UNCONCERNED]:
        service = store.services.by_name(look.repository.id, definition.name)
        if service is None or store.deployments.newest(service.id, PRODUCTION, look.sha) is not None:
            continue
        row = look.row(service, definition.dump(), Status.SUPERSEDED, wording.superseded_by(tip))
        store.deployments.create(row, look.parts.clock.now())
    look.parts.bell.report()


def branch_deleted(parts: Parts, event: BranchDeleted) -> None:
    """Deliveries come late: a branch that is back by now was not deleted."""
    repository = parts.store.repositories.get(event.repository_id)
    if repository is None or repository.gone or parts.github.branch_head(repository, event.branch) is not None:
        return
    _unlink(parts, repository, event.branch, event.actor)


def _unlink(parts: Parts, repository: Repository, branch: str, actor: str) -> None:
    """Turns auto-deploy off for the services that are linked to the branch; what runs goes on running."""
    for service in parts.store.services.of_repository(repository.id):
        if service.name == blueprint.FILE_NAME or service.auto_deploy_off:
            continue
        if Definition.load(service.definition).linked_branch(repository.default_branch) == branch:
            auto_deploy.turn_off(parts, service, wording.branch_deleted(branch), actor)
