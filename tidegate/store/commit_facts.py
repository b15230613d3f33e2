"""All that the store knows of a commit: the facts for `tidegate.why`."""

from __future__ import annotations

from collections.abc import Iterable

from tidegate import freeze
from tidegate.deployment import Deployment
from tidegate.repository import DEPLOY_FILE, PRODUCTION, Repository, Service
from tidegate.store.store import Store
from tidegate.why import Facts


def facts(store: Store, repository: Repository, sha: str, service: str | None = None) -> list[Facts]:
    """Of each service in production, and wherever else the commit was looked at; of that one service, if it is given.
    A repository that never had a valid deploy file has one for that file."""
    rows = store.deployments.of_commit(repository.id, sha)
    known = store.services.of_repository(repository.id)
    services = [each for each in known if each.name != DEPLOY_FILE and service in {None, each.name}]
    return [
        _of(store, repository, each, environment, sha, rows)
        for each in services or ([] if service else known)
        for environment in _places(row.environment for row in rows if row.service_id == each.id)
    ]


def _places(environments: Iterable[str]) -> list[str]:
    """Production first, whether or not it is among them."""
    return [PRODUCTION, *sorted({*environments} - {PRODUCTION})]


def _of(
    store: Store, repository: Repository, service: Service, environment: str, sha: str, rows: list[Deployment]
) -> Facts:
    own = [row for row in rows if row.service_id == service.id and row.environment == environment]
    row = own[0] if own else None
    branch = service.definition.get("branch")
    return Facts(
        repository=repository,
        service=service,
        environment=environment,
        sha=sha,
        linked=branch if isinstance(branch, str) else repository.default_branch,
        row=row,
        phases=store.phases.of(row.id) if row else (),
        live=store.deployments.live(service.id, environment),
        active=store.deployments.active(service.id, environment),
        freeze=freeze.frozen(store.freezes.of_repository(repository.id), service.name, environment),
        others=[each for each in rows if each.environment == PRODUCTION and each.service_id != service.id],
    )
