"""When each step of a deployment began and ended, told by the lane's holder alone; but for what comes
before and after that: the build ahead, and to retire."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime

from sqlalchemy import case, func, null, or_, select, update

from tidegate.deployment import Lane, Step
from tidegate.instance import PhaseRecord
from tidegate.store.database import Database
from tidegate.store.deployment_table import deployments
from tidegate.store.elapsed import elapsed
from tidegate.store.lanes import fence
from tidegate.store.tables import phases
from tidegate.store.upsert import upsert

#: What is charged for elsewhere, and what people look for where builds are slow.
_METERED = (Step.BUILD, Step.AHEAD, Step.PRE_DEPLOY)


class Phases:
    def __init__(self, database: Database) -> None:
        self._database = database
        self._begin = upsert(
            database,
            phases,
            key=["deployment_id", "step"],
            changes=lambda new: {
                "started_at": case((phases.c.ended_at.is_(None), phases.c.started_at), else_=new.started_at),
                "ended_at": null(),
                "outcome": null(),
                "detail": new.detail,
            },
        )

        self._replace = upsert(database, phases, key=["deployment_id", "step"])

    def begin(self, lane: Lane, step: str, at: datetime) -> None:
        """A step that was cut short keeps its start when resumed; one that had ended begins anew. Raises LaneLost."""
        beginning = {
            "deployment_id": lane.deployment_id,
            "step": step,
            "started_at": at,
            "ended_at": None,
            "outcome": None,
            "detail": "",
        }
        with self._database.write() as connection:
            fence(connection, lane, active=False)
            connection.execute(self._begin, beginning)

    def end(self, lane: Lane, step: str, outcome: str, at: datetime, detail: str = "") -> None:
        """`outcome`: "ok", "failed", "skipped" or "canceled". May follow the deployment's own end. Raises LaneLost."""
        ending = (
            update(phases)
            .where(phases.c.deployment_id == lane.deployment_id, phases.c.step == step)
            .values(ended_at=at, outcome=outcome, detail=detail)
        )
        with self._database.write() as connection:
            fence(connection, lane, active=False)
            connection.execute(ending)

    def skip(self, lane: Lane, step: str, at: datetime, why: str) -> None:
        """A step that had nothing to do. Raises LaneLost."""
        skipped = {
            "deployment_id": lane.deployment_id,
            "step": step,
            "started_at": at,
            "ended_at": at,
            "outcome": "skipped",
            "detail": why,
        }
        with self._database.write() as connection:
            fence(connection, lane, active=False)
            connection.execute(self._replace, skipped)

    def note(self, deployment_id: str, step: str, began: datetime, outcome: str, at: datetime) -> None:
        """A step that was done while nobody held the deployment. `outcome` as `end` has it."""
        done = {
            "deployment_id": deployment_id,
            "step": step,
            "started_at": began,
            "ended_at": at,
            "outcome": outcome,
            "detail": "",
        }
        with self._database.write() as connection:
            connection.execute(self._replace, done)

    def metered(self, service_id: int, since: datetime) -> dict[str, float]:
        """Seconds that the service's builds and pre-deploy commands took, by step, of those that began since then and
        have ended. A step that was resumed took as long as all its workers together; what was built ahead was built."""
        return self.metered_of([service_id], since).get(service_id, {})

    def metered_of(self, service_ids: Collection[int], since: datetime) -> dict[int, dict[str, float]]:
        """The same of several, by service."""
        # A deployment that had ended by then has built nothing since: so the database needn't look at its steps.
        later = or_(deployments.c.ended_at.is_(None), deployments.c.ended_at >= since)
        summed = (
            select(deployments.c.service_id, phases.c.step, func.sum(elapsed(phases.c.started_at, phases.c.ended_at)))
            .join_from(deployments, phases)
            .where(deployments.c.service_id.in_(sorted(service_ids)), later)
            .where(phases.c.step.in_(_METERED), phases.c.started_at >= since, phases.c.ended_at.is_not(None))
            .group_by(deployments.c.service_id, phases.c.step)
        )
        seconds: dict[int, dict[str, float]] = defaultdict(dict)
        with self._database.read() as connection:
            for service_id, step, total in connection.execute(summed):
                of_service, kind = seconds[service_id], Step.BUILD if step == Step.AHEAD else step
                of_service[kind] = round(of_service.get(kind, 0.0) + total, 3)
        return dict(seconds)

    def of(self, deployment_id: str) -> list[PhaseRecord]:
        """In the order of their beginnings."""
        found = (
            select(phases.c.step, phases.c.started_at, phases.c.ended_at, phases.c.outcome, phases.c.detail)
            .where(phases.c.deployment_id == deployment_id)
            .order_by(phases.c.started_at)
        )
        with self._database.read() as connection:
            return [PhaseRecord(*row) for row in connection.execute(found)]
