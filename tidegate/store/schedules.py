"""When each cron service runs next. A time that nobody was there for stays due, once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, delete, insert, select, update

from tidegate.cronrun import RunState, RunTrigger
from tidegate.store.cron_tables import IS_WAITING_RUN, cron_runs, schedules
from tidegate.store.database import Database
from tidegate.store.deployment_table import IS_SERVING, deployments
from tidegate.store.tables import environments
from tidegate.store.upsert import upsert


@dataclass(frozen=True)
class Place:
    """A service in an environment, what is live there, and by which schedule it is known to run next when, if it is."""

    service_id: int
    environment: str
    deployment_id: str
    schedule: str | None
    next_at: datetime | None


class Schedules:
    def __init__(self, database: Database) -> None:
        self._database = database
        self._put = upsert(database, schedules, key=["service_id", "environment"])

    def live(self) -> list[Place]:
        """Every place where something is live, of whatever type."""
        known = and_(
            schedules.c.service_id == environments.c.service_id, schedules.c.environment == environments.c.name
        )
        found = (
            select(
                environments.c.service_id,
                environments.c.name,
                deployments.c.id,
                schedules.c.schedule,
                schedules.c.next_at,
            )
            .join_from(environments, deployments, environments.c.routed == deployments.c.id)
            .outerjoin(schedules, known)
            .where(IS_SERVING)
            .order_by(environments.c.id)
        )
        with self._database.read() as connection:
            return [Place(*row) for row in connection.execute(found)]

    def put(self, service_id: int, environment: str, schedule: str, next_at: datetime) -> None:
        values = {"service_id": service_id, "environment": environment, "schedule": schedule, "next_at": next_at}
        with self._database.write() as connection:
            connection.execute(self._put, values)

    def forget(self, service_id: int, environment: str) -> None:
        which = schedules.c.service_id == service_id, schedules.c.environment == environment
        with self._database.write() as connection:
            connection.execute(delete(schedules).where(*which))

    def fall_due(self, place: Place, next_at: datetime) -> bool:
        """A run waits from now on, and the place's next is at `next_at`, both or neither. False: somebody else has done
        it. Where one waits already it stands for this one, too."""
        which = schedules.c.service_id == place.service_id, schedules.c.environment == place.environment
        waiting = (
            select(cron_runs.c.id)
            .where(cron_runs.c.service_id == place.service_id, cron_runs.c.environment == place.environment)
            .where(IS_WAITING_RUN)
        )
        with self._database.write() as connection:
            moved = connection.execute(
                update(schedules).where(*which, schedules.c.next_at == place.next_at).values(next_at=next_at)
            )
            if moved.rowcount and connection.execute(waiting).first() is None:
                connection.execute(
                    insert(cron_runs).values(
                        service_id=place.service_id,
                        environment=place.environment,
                        trigger=RunTrigger.SCHEDULE,
                        actor="tidegate",
                        state=RunState.WAITING,
                        asked_at=place.next_at,
                        reason="",
                    )
                )
        return bool(moved.rowcount)
