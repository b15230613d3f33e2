"""Somebody pressed a button: Redeploy, Rollback, Restart, or GitHub's own Re-run. Never filtered, never gated."""

from __future__ import annotations

from typing import assert_never

from tidegate import blueprint, wording
from tidegate.deployment import Deployment, Status, Trigger
from tidegate.events import DeployAsked
from tidegate.repository import Repository, TimelineEntry
from tidegate.store import NewDeployment
from worker import deployfile, lane
from worker.parts import Parts


def answer(parts: Parts, event: DeployAsked) -> None:
    """A new deployment for each deployment that was asked about."""
    repository = parts.store.repositories.get(event.repository_id)
    if repository is None or repository.gone:
        return
    for source in _sources(parts, event):
        match event.trigger:
            case Trigger.ROLLBACK:
                _roll_back(parts, event, source)
            case Trigger.RESTART:
                _again(parts, event, source, wording.restarted_by(event.actor), exact=True)
            case Trigger.REDEPLOY | Trigger.RERUN | Trigger.MANUAL:
                _redeploy(parts, event, repository, source)
            case Trigger.PUSH | Trigger.SWEEP:
                raise ValueError(f"{event.trigger} is not asked for by people")
            case _:
                assert_never(event.trigger)


def _sources(parts: Parts, event: DeployAsked) -> list[Deployment]:
    """The deployment of the check run, or for a suite the newest of each service of the commit."""
    if event.check_run_id is not None:
        found = parts.store.reports.by_check_run(event.repository_id, event.check_run_id)
        source = parts.store.deployments.get(found) if found else None
        return [source] if source else []
    newest: dict[int, Deployment] = {}
    for row in parts.store.deployments.of_commit(event.repository_id, event.sha):
        newest.setdefault(row.service_id, row)
    return list(newest.values())


def _redeploy(parts: Parts, event: DeployAsked, repository: Repository, source: Deployment) -> None:
    """The same commit with what its deploy file says; the image is reused where the same tree was built before."""
    found = deployfile.read(parts.github.deploy_file(repository, source.sha))
    if source.service == blueprint.FILE_NAME or found.service(source.service) is None:
        return  # the commit has no such service: its own row says what is wrong
    definition = found.service(source.service)
    assert definition is not None
    _again(parts, event, source, wording.redeployed_by(event.actor), exact=False, definition=definition.dump())


def _roll_back(parts: Parts, event: DeployAsked, source: Deployment) -> None:
    """To the deployment that was live before: its image, its definition, no build. Auto-deploy goes off and says so."""
    target = parts.store.deployments.previous_live(source.service_id, source.environment, source)
    now = parts.clock.now()
    if target is None:
        _say(parts, event, source, "rollback-refused", wording.NOTHING_TO_ROLL_BACK_TO)
        return
    reason = wording.auto_deploy_off_by_rollback(event.actor, target.sha)
    parts.store.services.auto_deploy_off(source.service_id, reason)
    parts.store.timeline.add(
        TimelineEntry(
            now, "auto-deploy-off", reason, event.actor, source.repository_id, source.service, source.environment
        )
    )
    _again(parts, event, target, wording.rolled_back_by(event.actor, target.sha), exact=True)


def _again(
    parts: Parts,
    event: DeployAsked,
    source: Deployment,
    reason: str,
    *,
    exact: bool,
    definition: dict[str, object] | None = None,
) -> None:
    """`exact` keeps the source's image, so that nothing is built."""
    lane.enqueue(
        parts,
        NewDeployment(
            repository_id=source.repository_id,
            service_id=source.service_id,
            service=source.service,
            environment=source.environment,
            sha=source.sha,
            branch=source.branch,
            message=source.message,
            author=source.author,
            trigger=event.trigger,
            actor=event.actor,
            status=Status.QUEUED,
            reason=reason,
            tree=source.tree,
            definition=definition or source.definition,
            build_key=source.build_key if exact else None,
            image=source.image if exact else None,
            image_id=source.image_id if exact else None,
        ),
    )


def _say(parts: Parts, event: DeployAsked, source: Deployment, kind: str, text: str) -> None:
    parts.store.timeline.add(
        TimelineEntry(
            parts.clock.now(),
            kind,
            text,
            event.actor,
            source.repository_id,
            source.service,
            source.environment,
            source.id,
            source.sha,
        )
    )
