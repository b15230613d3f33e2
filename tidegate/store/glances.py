"""Many services at a glance: what is live of each, what comes, what came last; by as many queries for a thousand."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, func, or_, select

from tidegate.deployment import ACTIVE, PENDING, Deployment, Health, Status
from tidegate.preview import number_of
from tidegate.repository import DEPLOY_FILE, PRODUCTION, Service
from tidegate.store.database import Database
from tidegate.store.deployment_table import IS_ACTIVE, IS_PENDING, IS_SERVING, IS_UNFINISHED, deployments
from tidegate.store.rows import record
from tidegate.store.services import COLUMNS as SERVICE_COLUMNS
from tidegate.store.serving import serving
from tidegate.store.tables import environments, repositories, services

_PRODUCTION = deployments.c.environment == PRODUCTION


@dataclass(frozen=True)
class Tally:
    """How many services there are; and in their production, how many deployments are in which state."""

    services: int = 0
    healthy: int = 0
    unwell: int = 0
    active: int = 0
    pending: int = 0
    failed: int = 0


@dataclass(frozen=True)
class PreviewState:
    """The state of what is newest of a service in a preview."""

    repository_id: int
    environment: str
    status: Status
    health: Health | None

    @property
    def number(self) -> int:
        return number_of(self.environment) or 0


@dataclass(frozen=True)
class Proposed:
    """A repository without services; `url` is GitHub's page for a new deploy file, with a proposal in it."""

    repository: str
    url: str


class Glances:
    """`repositories` are ids."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def tally(self, repositories: Collection[int]) -> Tally:
        of = sorted(repositories)
        known = select(func.count()).where(services.c.repository_id.in_(of), services.c.name != DEPLOY_FILE)
        states = (
            select(deployments.c.status, deployments.c.health, func.count())
            .where(IS_UNFINISHED, _PRODUCTION, deployments.c.repository_id.in_(of))
            .group_by(deployments.c.status, deployments.c.health)
        )
        newest = select(_newest(services.c.id, PRODUCTION)).where(services.c.repository_id.in_(of))
        failures = select(func.count()).where(
            deployments.c.seq.in_(newest.select_from(services)), deployments.c.status == Status.FAILED
        )
        with self._database.read() as connection:
            count, failed = connection.execute(known).scalar_one(), connection.execute(failures).scalar_one()
            found = [tuple(row) for row in connection.execute(states)]

        def those(fits: Collection[Status], *, well: bool | None = None) -> int:
            of_health = {
                None: {None, *Health},
                True: {None, Health.HEALTHY},
                False: {Health.DEGRADED, Health.UNHEALTHY},
            }
            return sum(number for status, health, number in found if status in fits and health in of_health[well])

        unwell = those({Status.LIVE}, well=False) + those({Status.CRASHED})
        return Tally(count, those({Status.LIVE}, well=True), unwell, those(ACTIVE), those(PENDING), failed)

    def services(
        self,
        of: Collection[int],
        words: str,
        offset: int,
        limit: int,
        *,
        name: str | None = None,
        repository: str | None = None,
    ) -> list[Service]:
        """By repository and name; those that have `words` in one of them, and where they are given, exactly that `name`
        and that `repository` (owner/name)."""
        ordered = (
            select(*SERVICE_COLUMNS)
            .join_from(services, repositories)
            .where(services.c.repository_id.in_(sorted(of)), services.c.name != DEPLOY_FILE)
            .order_by(repositories.c.owner, repositories.c.name, repositories.c.id, services.c.name)
            .offset(offset)
            .limit(limit)
        )
        if words:
            full_name = repositories.c.owner + "/" + repositories.c.name
            found = [each.icontains(words, autoescape=True) for each in (services.c.name, full_name)]
            ordered = ordered.where(or_(*found))
        if name is not None:
            ordered = ordered.where(services.c.name == name)
        if repository is not None:
            owner, _, its_name = repository.partition("/")
            ordered = ordered.where(repositories.c.owner == owner, repositories.c.name == its_name)
        with self._database.read() as connection:
            return [Service(*row) for row in connection.execute(ordered)]

    def proposed(self, of: Collection[int], limit: int) -> list[Proposed]:
        """By repository; of those that are still there."""
        other = services.alias()
        others = select(other.c.id).where(
            other.c.repository_id == services.c.repository_id, other.c.name != DEPLOY_FILE
        )
        found = (
            select(repositories.c.owner, repositories.c.name, services.c.definition)
            .join_from(services, repositories)
            .where(services.c.name == DEPLOY_FILE, services.c.repository_id.in_(sorted(of)), ~others.exists())
            .where(repositories.c.gone.is_(None))
            .order_by(repositories.c.owner, repositories.c.name)
        )
        with self._database.read() as connection:
            told = [
                Proposed(f"{owner}/{name}", (kept or {}).get("url", ""))
                for owner, name, kept in connection.execute(found)
            ]
        return [each for each in told if each.url][:limit]

    def serving(self, service_ids: Collection[int]) -> Mapping[int, Deployment]:
        """What is live in production, by service; while a switch goes on, what is routed still."""
        of = serving().where(_PRODUCTION, deployments.c.service_id.in_(sorted(service_ids)))
        found: dict[int, Deployment] = {}
        with self._database.read() as connection:
            for row in connection.execute(of):
                found.setdefault(row.service_id, record(row))
        return found

    def coming(self, service_ids: Collection[int]) -> list[Deployment]:
        """Waiting, queued or under way in production, what runs first."""
        here = _PRODUCTION, deployments.c.service_id.in_(sorted(service_ids))
        return [each for kind in (IS_ACTIVE, IS_PENDING) for each in self._all(kind, *here)]

    def last(self, service_ids: Collection[int]) -> Mapping[int, Deployment]:
        """What was wanted last in production, by service."""
        of = (
            select(_newest(services.c.id, PRODUCTION))
            .select_from(services)
            .where(services.c.id.in_(sorted(service_ids)))
        )
        return {each.service_id: each for each in self._all(deployments.c.seq.in_(of))}

    def previews(self, of: Collection[int]) -> list[PreviewState]:
        """What is not finished in previews, oldest first."""
        found = (
            select(deployments.c.repository_id, deployments.c.environment, deployments.c.status, deployments.c.health)
            .where(IS_UNFINISHED, deployments.c.repository_id.in_(sorted(of)), deployments.c.environment != PRODUCTION)
            .order_by(deployments.c.seq)
        )
        with self._database.read() as connection:
            return [PreviewState(*row) for row in connection.execute(found)]

    def last_of_previews(self, of: Collection[int], limit: int) -> list[Deployment]:
        """What was wanted last of each service in each preview that there is, the newest first."""
        places = (
            select(_newest(environments.c.service_id, environments.c.name))
            .join_from(environments, services)
            .where(services.c.repository_id.in_(sorted(of)), environments.c.name != PRODUCTION)
        )
        found = select(deployments).where(deployments.c.seq.in_(places)).order_by(deployments.c.seq.desc())
        with self._database.read() as connection:
            return [record(row) for row in connection.execute(found.limit(limit))]

    def of_previews(self, service_id: int) -> tuple[Mapping[str, Deployment], Mapping[str, Deployment]]:
        """Of one service: what was wanted last in each preview that there is, and what is live in it; by its name."""
        newest = _newest(service_id, environments.c.name)
        places = select(newest).where(environments.c.service_id == service_id, environments.c.name != PRODUCTION)
        live = self._all(IS_SERVING, deployments.c.service_id == service_id, deployments.c.environment != PRODUCTION)
        last = self._all(deployments.c.seq.in_(places.select_from(environments)))
        return {each.environment: each for each in last}, {each.environment: each for each in live}

    def _all(self, *conditions: ColumnElement[bool]) -> list[Deployment]:
        with self._database.read() as connection:
            found = connection.execute(select(deployments).where(*conditions).order_by(deployments.c.seq))
            return [record(row) for row in found]


def _newest(service_id: ColumnElement[Any] | int, environment: ColumnElement[Any] | str) -> ScalarSelect[Any]:
    """The number of what was wanted last there."""
    other = deployments.alias()
    there = other.c.service_id == service_id, other.c.environment == environment
    return select(func.max(other.c.seq)).where(*there).scalar_subquery()
