"""Is a commit deployed to a place, and when? The decisions of SEMANTICS 2 in their order, for one service after the
other; whatever the answer is, it is written down with its reason."""

from __future__ import annotations

from collections.abc import Sequence

from tidegate import blueprint, filters, freeze, skip, wording
from tidegate.blueprint import AutoDeploy
from tidegate.blueprint import Service as Definition
from tidegate.deployment import Deployment, Fault, Move, Status
from tidegate.repository import PRODUCTION, Environment, Service
from tidegate.routing import claimed_hosts
from tidegate.store import NewDeployment
from worker import lane, progress
from worker.look import Look
from worker.proposing import proposed_for

#: A repository with more services than these is told on GitHub only of those that a commit concerns: GitHub takes 500
#: writes an hour, and a push to a large repository would spend them on saying that nothing happens.
TOLD_UNCONCERNED = 10


def decide(look: Look, definitions: Sequence[Definition], *, afresh: bool = False) -> None:
    """A row per service: waiting, queued, skipped or failed. What was decided before stays as it is.

    `afresh`: the whole environment is new, or comes back, so that neither earlier rows nor what changed count.
    """
    quiet = len(definitions) > TOLD_UNCONCERNED
    for definition in definitions:
        service = _service(look, definition)
        environment = look.parts.store.environments.known(service.id, look.environment)
        if afresh or not decided(look, service):
            new = afresh or environment.removed is not None
            _decide(look, definition, service, None if new else environment, quiet=quiet)


def explain(look: Look, definitions: Sequence[Definition], reason: str) -> None:
    """Skips the commit for all of them, for one reason; nothing else is asked."""
    for definition in definitions[:TOLD_UNCONCERNED]:
        service = _service(look, definition)
        if not decided(look, service):
            _skip(look, service, definition, reason)


def decided(look: Look, service: Service) -> bool:
    """Told twice, by a redelivery or by the sweep. A branch that was set back to a commit which it has left is no
    repetition: the commit that it comes from was decided later."""
    newest = look.parts.store.deployments.newest
    done = newest(service.id, look.environment, look.sha)
    if done is None or (look.asked and done.status is Status.SKIPPED):
        return False
    left = newest(service.id, look.environment, look.before) if look.before else None
    return left is None or left.created_at <= done.created_at or never_tip(left)


def never_tip(row: Deployment) -> bool:
    """It was overtaken before it was looked at, and tells only that: nothing was decided by it."""
    return row.status is Status.SUPERSEDED and row.ended_at == row.created_at


def nothing_to_deploy(look: Look) -> None:
    """No deploy file, or a broken one: a row of the file's own says so, and what runs goes on running."""
    services = look.parts.store.services
    service = services.known(look.repository.id, blueprint.FILE_NAME, {})
    if look.environment == PRODUCTION:
        look.parts.store.environments.ensure(service.id, look.environment)
    if decided(look, service):
        return
    if look.file.findings:
        reason = wording.broken_deploy_file(len(look.file.findings))
        row = look.row(service, {}, Status.FAILED, reason, Fault.USER, look.file.findings)
    else:
        # Once for a repository: to look through its tree takes a dozen requests.
        proposed = service.definition or proposed_for(look)
        services.ensure(look.repository.id, blueprint.FILE_NAME, proposed)
        row = look.row(service, proposed, Status.SKIPPED, wording.NO_DEPLOY_FILE)
    look.parts.store.deployments.create(row, look.parts.clock.now())
    look.parts.bell.report()


def _service(look: Look, definition: Definition) -> Service:
    """What a pull request says of a service changes nothing for production: its domains, above all."""
    services = look.parts.store.services
    if look.environment == PRODUCTION:
        return services.ensure(look.repository.id, definition.name, definition.dump())
    return services.known(look.repository.id, definition.name, definition.dump())


def _decide(look: Look, definition: Definition, service: Service, since: Environment | None, *, quiet: bool) -> None:
    """`since`: the environment whose live commit the changes are counted from."""
    parts, dump = look.parts, definition.dump()
    taken = _taken(look, definition)
    if taken is not None:
        parts.store.deployments.create(look.row(service, dump, Status.FAILED, taken, Fault.USER), parts.clock.now())
        parts.bell.report()
        return
    refusal = _first_no(look, service, definition)
    if refusal is not None:
        _skip(look, service, definition, refusal)
        return
    unconcerned = _unconcerned(look, definition, since) if since else None
    if unconcerned is not None:
        assert since is not None
        parts.store.environments.unchanged(service.id, look.environment, look.sha, since.live_sha or "")
        _skip(look, service, definition, unconcerned, quiet=quiet)
        _overtake(look, definition)
    elif look.needs_approval:
        _enqueue(look, look.row(service, dump, Status.WAITING, wording.WAITING_FOR_APPROVAL))
    elif definition.trigger is AutoDeploy.CHECKS_PASS:
        waiting = _enqueue(look, look.row(service, dump, Status.WAITING, wording.WAITING_FOR_CHECKS))
        if parts.settings.build_ahead:
            parts.bell.build_ahead(waiting.id)
    else:
        _enqueue(look, look.row(service, dump, Status.QUEUED, wording.QUEUED))


def _enqueue(look: Look, new: NewDeployment) -> Deployment:
    """Where the service is being removed, this calls that off, which nothing does that deploys nothing."""
    look.parts.store.environments.ensure(new.service_id, new.environment)
    return lane.enqueue(look.parts, new)


def _skip(look: Look, service: Service, definition: Definition, reason: str, *, quiet: bool = False) -> None:
    """`quiet`: for the timeline and the pages, not for GitHub."""
    parts = look.parts
    row = parts.store.deployments.create(
        look.row(service, definition.dump(), Status.SKIPPED, reason), parts.clock.now()
    )
    if quiet:
        parts.store.deployments.reported(row.id, row.version)
    else:
        parts.bell.report()


def _overtake(look: Look, definition: Definition) -> None:
    """What waits while a newer commit has nothing to deploy holds the same files as what is live: it waits for nothing,
    and for ever where its checks were abandoned for those of the newer one."""
    for row in look.coming:
        if row.service == definition.name and row.status is Status.WAITING:
            progress.move_if_legal(look.parts, row.id, Move(Status.SUPERSEDED, wording.superseded_by(look.sha)))


def _first_no(look: Look, service: Service, definition: Definition) -> str | None:
    """The decisions before the filter, in their order: the first "no" is the recorded reason."""
    frozen = freeze.frozen(look.freezes, service.name, look.environment)
    if frozen is not None and not look.force:
        return freeze.told(frozen)
    if look.environment == PRODUCTION:
        if service.auto_deploy_off:
            return service.auto_deploy_off
        if definition.trigger is AutoDeploy.OFF:
            return wording.PREBUILT_BY_HAND if definition.prebuilt else wording.AUTO_DEPLOY_OFF
    phrase = None if look.asked else skip.skipped(look.commit.message, look.parts.settings.skip_words)
    return wording.skip_phrase(phrase) if phrase is not None else None


def _unconcerned(look: Look, definition: Definition, environment: Environment) -> str | None:
    """Why nothing that changed concerns the service, where that is so. Files are compared with those that are live
    here, by way of the newest commit of which the same was found: so services of one repository share a base. And with
    those that are on their way: what this commit takes back of them must not stay live after it."""
    if environment.live_sha is None or not filters.narrows(definition):
        return None
    verdict = filters.affected(definition, look.changes_since(environment.unchanged_at or environment.live_sha))
    coming = {row.sha for row in look.coming if row.service == definition.name} - {look.sha}
    if verdict.go or any(filters.affected(definition, look.changes_since(sha)).go for sha in sorted(coming)):
        return None
    return verdict.reason


def _taken(look: Look, definition: Definition) -> str | None:
    """Host names are for everybody: one that another repository's service has can't be had, whoever pushes later."""
    domain = look.parts.settings.domain
    wanted = set(claimed_hosts(definition.name, look.environment, definition.dump(), domain))
    for route in look.routes:
        if route.routed is None or route.repository == look.repository.full_name:
            continue
        clash = wanted & set(claimed_hosts(route.service, route.environment, route.definition, domain))
        if clash:
            return wording.host_taken(min(clash), route.repository, route.service)
    return None
