"""How the environments of a repository are now, read from what is live there: one question, for a hundred services."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from sqlalchemy import Row, and_, select

from tidegate import wellbeing
from tidegate.deployment import Health, Status
from tidegate.repository import DEPLOY_FILE
from tidegate.store.database import Database
from tidegate.store.deployment_table import IS_SERVING, deployments
from tidegate.store.tables import environments, services
from tidegate.wellbeing import Wellbeing

_SERVICE = (services.c.id, services.c.name, services.c.auto_deploy_off, services.c.unlisted)
#: In the order of the record's fields.
_LIVE = (
    deployments.c.id,
    deployments.c.sha,
    deployments.c.live_at,
    deployments.c.status,
    deployments.c.health,
    deployments.c.health_reason,
    deployments.c.reason,
)


@dataclass(frozen=True)
class Live:
    """As much of what is live as tells how it is."""

    id: str
    sha: str
    live_at: datetime | None
    status: Status
    health: Health | None
    health_reason: str
    reason: str


@dataclass(frozen=True)
class Member:
    """A service in an environment, with what is live of it there."""

    service_id: int
    name: str
    auto_deploy_off: str | None
    unlisted: str | None
    live: Live | None

    @property
    def wellbeing(self) -> Wellbeing:
        return wellbeing.of_service(self.live)


@dataclass(frozen=True)
class Whole:
    """An environment with all of its services, by name."""

    name: str
    members: tuple[Member, ...]

    @property
    def wellbeing(self) -> Wellbeing:
        return wellbeing.of_environment({each.name: each.wellbeing for each in self.members})


class Wellbeings:
    def __init__(self, database: Database) -> None:
        self._database = database

    def of_repository(self, repository_id: int, environment: str | None = None) -> list[Whole]:
        """Its environments by name, or the one of that name. What is live is chosen as `serving` has it."""
        there = and_(
            deployments.c.service_id == environments.c.service_id,
            deployments.c.environment == environments.c.name,
            IS_SERVING,
        )
        routed_first = environments.c.routed.is_distinct_from(deployments.c.id)
        found = (
            select(environments.c.name, *_SERVICE, *_LIVE)
            .join_from(environments, services)
            .outerjoin(deployments, there)
            .where(services.c.repository_id == repository_id, services.c.name != DEPLOY_FILE)
            .order_by(environments.c.name, services.c.name, routed_first, deployments.c.seq.desc())
        )
        if environment is not None:
            found = found.where(environments.c.name == environment)
        with self._database.read() as connection:
            rows = connection.execute(found).all()
        return [
            Whole(name, tuple(_member(next(lane)) for _, lane in groupby(of, lambda row: row[1])))
            for name, of in groupby(rows, lambda row: row[0])
        ]


def _member(row: Row[Any]) -> Member:
    service_id, name, auto_deploy_off, unlisted, *live = row[1:]
    return Member(service_id, name, auto_deploy_off, unlisted, None if live[0] is None else Live(*live))
