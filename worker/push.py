"""A branch moved: what is decided for each service that is linked to it, and written down whatever the answer is."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from uuid import uuid4

from tidegate import blueprint, filters, skip, wording
from tidegate.blueprint import AutoDeploy
from tidegate.blueprint import Service as Definition
from tidegate.deployment import Fault, Finding, Status, Trigger
from tidegate.events import BranchDeleted, BranchPushed
from tidegate.facts import Changes, Commit
from tidegate.repository import PRODUCTION, Repository, Service, TimelineEntry
from tidegate.routing import claimed_hosts
from tidegate.store import NewDeployment
from worker import deployfile, lane
from worker.consider import consider
from worker.deployfile import DeployFile
from worker.parts import Parts
from worker.ports import Unavailable

#: A worker that was killed while it decided keeps others from it for this long, in seconds; a decision takes far less.
_DECIDING = 15.0


def pushed(parts: Parts, event: BranchPushed) -> None:
    """Looks at the branch and its commit on GitHub, and writes a row per linked service: waiting, queued or skipped."""
    repository = parts.store.repositories.get(event.repository_id)
    if repository is None or repository.gone:
        return
    look = _Look.at(parts, repository, event)
    if look is None:
        branch_deleted(parts, BranchDeleted(event.repository_id, event.branch, event.actor))
    else:
        with _alone(parts, repository):
            _record(parts, look)
        consider(parts, repository.id, event.after)


@contextmanager
def _alone(parts: Parts, repository: Repository) -> Iterator[None]:
    """A webhook and the sweep may tell of one push at the same moment; only one of them may find it undecided. Raises
    Unavailable where another is at it: told again later, it will have been decided."""
    name, owner = f"push:{repository.id}", f"{parts.owner}-{uuid4().hex}"
    if not parts.store.leases.take(name, owner, _DECIDING, parts.clock.now()):
        raise Unavailable(f"another worker is looking at a push to {repository.full_name}")
    try:
        yield
    finally:
        parts.store.leases.release(name, owner)


def _record(parts: Parts, look: _Look) -> None:
    if look.tip != look.event.after:
        # Deliveries come late and out of order: this commit is no longer the tip, and the tip has its own event.
        _superseded(parts, look)
    elif look.file.blueprint is not None:
        for definition in look.file.blueprint.services:
            if look.linked(definition):
                _decide(parts, look, definition)
    elif look.event.branch == look.repository.default_branch:
        _nothing_to_deploy(parts, look)


def branch_deleted(parts: Parts, event: BranchDeleted) -> None:
    """Turns auto-deploy off for the services that are linked to the branch; what runs goes on running."""
    repository = parts.store.repositories.get(event.repository_id)
    if repository is None:
        return
    for service in parts.store.services.of_repository(repository.id):
        if service.name == blueprint.FILE_NAME or service.auto_deploy_off:
            continue
        if (Definition.load(service.definition).branch or repository.default_branch) != event.branch:
            continue
        reason = wording.branch_deleted(event.branch)
        parts.store.services.auto_deploy_off(service.id, reason)
        parts.store.timeline.add(
            TimelineEntry(
                parts.clock.now(), "auto-deploy-off", reason, event.actor, repository.id, service.name, PRODUCTION
            )
        )


@dataclass
class _Look:
    """What GitHub says about a pushed commit. `tip` is what the branch points at by now."""

    parts: Parts
    repository: Repository
    event: BranchPushed
    tip: str
    commit: Commit
    file: DeployFile
    _compared: dict[str, Changes] = field(default_factory=dict)

    @classmethod
    def at(cls, parts: Parts, repository: Repository, event: BranchPushed) -> _Look | None:
        """None where the branch is gone. Two readings side by side, since each is a round trip on the way to live; the
        branch tells its commit too."""
        with ThreadPoolExecutor(max_workers=1) as pool:
            text = pool.submit(parts.github.deploy_file, repository, event.after)
            tip = parts.github.branch_head(repository, event.branch)
            if tip is None:
                return None
            commit = tip if tip.sha == event.after else parts.github.commit(repository, event.after)
            return cls(parts, repository, event, tip.sha, commit, deployfile.read(text.result()))

    def linked(self, definition: Definition) -> bool:
        return (definition.branch or self.repository.default_branch) == self.event.branch

    def changes_since(self, base: str) -> Changes:
        """One compare per base, however many services ask."""
        if base not in self._compared:
            self._compared[base] = self.parts.github.changes(self.repository, base, self.event.after)
        return self._compared[base]

    def row(
        self,
        service: Service,
        status: Status,
        reason: str,
        fault: Fault | None = None,
        findings: tuple[Finding, ...] = (),
    ) -> NewDeployment:
        return NewDeployment(
            repository_id=self.repository.id,
            service_id=service.id,
            service=service.name,
            environment=PRODUCTION,
            sha=self.event.after,
            branch=self.event.branch,
            message=self.commit.message,
            author=self.commit.author,
            trigger=Trigger.PUSH,
            actor=self.event.actor,
            status=status,
            reason=reason,
            fault=fault,
            findings=findings,
            tree=self.commit.tree,
            definition=service.definition,
            look_at=self.parts.clock.now() if status is Status.WAITING else None,
        )


def _decide(parts: Parts, look: _Look, definition: Definition) -> None:
    service = parts.store.services.ensure(look.repository.id, definition.name, definition.dump())
    environment = parts.store.environments.ensure(service.id, PRODUCTION)
    if _decided(parts, look.event, service):
        return
    taken = _taken(parts, look.repository, definition)
    refusal = None if taken else _first_no(parts, look, service, definition, environment.live_sha)
    if taken is not None:
        parts.store.deployments.create(look.row(service, Status.FAILED, taken, Fault.USER), parts.clock.now())
        parts.bell.report()
    elif refusal is not None:
        parts.store.deployments.create(look.row(service, Status.SKIPPED, refusal), parts.clock.now())
        parts.bell.report()
    elif definition.trigger is AutoDeploy.CHECKS_PASS:
        waiting = lane.enqueue(parts, look.row(service, Status.WAITING, wording.WAITING_FOR_CHECKS))
        if parts.settings.build_ahead:
            parts.bell.build_ahead(waiting.id)
    else:
        lane.enqueue(parts, look.row(service, Status.QUEUED, wording.QUEUED))


def _decided(parts: Parts, event: BranchPushed, service: Service) -> bool:
    """Told twice, by a redelivery or by the sweep. A branch that was set back to a commit which it has left is no
    repetition: the commit that it comes from was decided later."""
    newest = parts.store.deployments.newest
    done = newest(service.id, PRODUCTION, event.after)
    left = newest(service.id, PRODUCTION, event.before) if event.before else None
    return done is not None and (left is None or left.created_at <= done.created_at)


def _first_no(parts: Parts, look: _Look, service: Service, definition: Definition, live_sha: str | None) -> str | None:
    """The decisions of SEMANTICS section 2 in their order: the first "no" is the recorded reason."""
    if service.auto_deploy_off:
        return service.auto_deploy_off
    if definition.trigger is AutoDeploy.OFF:
        return wording.AUTO_DEPLOY_OFF
    phrase = skip.skipped(look.commit.message, parts.settings.skip_words)
    if phrase is not None:
        return wording.skip_phrase(phrase)
    if live_sha is None or not filters.narrows(definition):
        return None
    verdict = filters.affected(definition, look.changes_since(live_sha))
    return None if verdict.go else verdict.reason


def _taken(parts: Parts, repository: Repository, definition: Definition) -> str | None:
    """Host names are for everybody: one that another repository's service has can't be had, whoever pushes later."""
    domain = parts.settings.domain
    wanted = set(claimed_hosts(definition.name, PRODUCTION, definition.dump(), domain))
    for route in parts.store.environments.routes():
        if route.routed is None or route.repository == repository.full_name:
            continue
        clash = wanted & set(claimed_hosts(route.service, route.environment, route.definition, domain))
        if clash:
            return wording.host_taken(min(clash), route.repository, route.service)
    return None


def _superseded(parts: Parts, look: _Look) -> None:
    """Says on a commit that was overtaken before it was looked at why it isn't deployed."""
    for service in parts.store.services.of_repository(look.repository.id):
        definition = look.file.service(service.name)
        if definition is None or not look.linked(definition):
            continue
        if parts.store.deployments.newest(service.id, PRODUCTION, look.event.after) is None:
            row = look.row(service, Status.SUPERSEDED, wording.superseded_by(look.tip))
            parts.store.deployments.create(row, parts.clock.now())
    parts.bell.report()


def _nothing_to_deploy(parts: Parts, look: _Look) -> None:
    """No deploy file, or a broken one: a row of the file's own says so, and what runs goes on running."""
    service = parts.store.services.ensure(look.repository.id, blueprint.FILE_NAME, {})
    parts.store.environments.ensure(service.id, PRODUCTION)
    if _decided(parts, look.event, service):
        return
    if look.file.findings:
        reason = wording.broken_deploy_file(len(look.file.findings))
        row = look.row(service, Status.FAILED, reason, Fault.USER, look.file.findings)
    else:
        row = look.row(service, Status.SKIPPED, wording.NO_DEPLOY_FILE)
    parts.store.deployments.create(row, parts.clock.now())
    parts.bell.report()
