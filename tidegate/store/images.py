"""Which deployments need which images, for those who clean up."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from sqlalchemy import and_, case, func, or_, select

from tidegate.deployment import Status
from tidegate.retention import Use
from tidegate.store.database import Database
from tidegate.store.deployment_table import IS_UNFINISHED, WAS_LIVE, deployments
from tidegate.store.tables import environments

#: SQLite's default limit on a statement's parameters is 32766, and was 999.
_AT_ONCE = 500


class Images:
    def __init__(self, database: Database) -> None:
        self._database = database

    def uses(self) -> list[Use]:
        """One for each image and lane: of every environment that exists, and of whatever isn't finished elsewhere."""
        lane = (deployments.c.service_id, deployments.c.environment)
        exists = (
            select(environments.c.id)
            .where(environments.c.service_id == lane[0], environments.c.name == lane[1])
            .exists()
        )
        using = (
            select(
                deployments.c.image,
                *lane,
                func.max(deployments.c.service).label("service"),
                func.max(case((IS_UNFINISHED, 1), else_=0)).label("unfinished"),
                func.max(case((WAS_LIVE, deployments.c.seq))).label("order"),
            )
            .where(deployments.c.image.is_not(None), or_(IS_UNFINISHED, and_(WAS_LIVE, exists)))
            .group_by(deployments.c.image, *lane)
        )
        with self._database.read() as connection:
            return [
                Use(row.image, (row.service_id, row.environment), row.service, bool(row.unfinished), row.order)
                for row in connection.execute(using)
            ]

    def needed(self, image: str) -> bool:
        """Whether a deployment that isn't finished has it."""
        using = select(deployments.c.id).where(deployments.c.image == image, IS_UNFINISHED).limit(1)
        with self._database.read() as connection:
            return connection.execute(using).first() is not None

    def statuses(self, deployment_ids: Collection[str]) -> Mapping[str, Status]:
        """Of those deployments that are known."""
        asked, found = sorted(set(deployment_ids)), {}
        with self._database.read() as connection:
            for begin in range(0, len(asked), _AT_ONCE):
                some = asked[begin : begin + _AT_ONCE]
                query = select(deployments.c.id, deployments.c.status).where(deployments.c.id.in_(some))
                found.update({row.id: row.status for row in connection.execute(query)})
        return found
