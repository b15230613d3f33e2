"""All that the store knows of a commit: the facts for `tidegate.why`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from tidegate import freeze
from tidegate.deployment import Deployment
from tidegate.freeze import Freeze
from tidegate.repository import DEPLOY_FILE, PRODUCTION, Repository, Service
from tidegate.store.store import Store
from tidegate.why import Facts


@dataclass(frozen=True)
class _Lanes:
    """Of the whole repository, read once: it may have a hundred services."""

    live: Mapping[tuple[int, str], Deployment]
    active: Mapping[tuple[int, str], Deployment]
    freezes: Sequence[Freeze]


def facts(store: Store, repository: Repository, sha: str, service: str | None = None) -> list[Facts]:
    """Of each service in production, and wherever else the commit was looked at; of that one service, if it is given.
    A repository that never had a valid deploy file has one for that file."""
    rows = store.deployments.of_commit(repository.id, sha)
    known = store.services.of_repository(repository.id)
    services = [each for each in known if each.name != DEPLOY_FILE and service in {None, each.name}]
    lanes = _Lanes(
        live=store.deployments.all_live(repository.id),
        active=store.deployments.all_active(repository.id),
        freezes=store.freezes.of_repository(repository.id),
    )
    return [
        _of(store, repository, each, environment, sha, rows, lanes)
        for each in services or ([] if service else known)
        for environment in _places(row.environment for row in rows if row.service_id == each.id)
    ]


def _places(environments: Iterable[str]) -> list[str]:
    """Production first, whether or not it is among them."""
    return [PRODUCTION, *sorted({*environments} - {PRODUCTION})]


def _of(
    store: Store,
    repository: Repository,
    service: Service,
    environment: str,
    sha: str,
    rows: list[Deployment],
    lanes: _Lanes,
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
        live=lanes.live.get((service.id, environment)),
        active=lanes.active.get((service.id, environment)),
        freeze=freeze.frozen(lanes.freezes, service.name, environment),
        others=[each for each in rows if each.environment == PRODUCTION and each.service_id != service.id],
    )
