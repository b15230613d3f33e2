"""The runs of cron services, those that are over included. What is written is only ever one step of a run, so that who
asks for another run and who tends this one never undo each other's."""

from __future__ import annotations

from dataclasses import fields
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, delete, exc, insert, select, update

from tidegate import cronrun, wording
from tidegate.cronrun import CronRun, Over, RunState, RunTrigger
from tidegate.deployment import Deployment
from tidegate.store.cron_tables import IS_ACTIVE_RUN, IS_OPEN_RUN, IS_WAITING_RUN, cron_runs
from tidegate.store.database import Database
from tidegate.store.deployment_table import deployments
from tidegate.store.tables import environments
from tidegate.store.timeline import add_entry, entry_of

_COLUMNS = [cron_runs.c[field.name] for field in fields(CronRun)]
#: What the timeline tells of; the others are in the history of runs.
_TOLD = {RunState.FAILED: "run-failed", RunState.CANCELED: "run-canceled"}


class CronRuns:
    def __init__(self, database: Database) -> None:
        self._database = database

    def open(self) -> list[CronRun]:
        """All that are not over, oldest first."""
        found = select(*_COLUMNS).where(IS_OPEN_RUN).order_by(cron_runs.c.id)
        with self._database.read() as connection:
            return [CronRun(*row) for row in connection.execute(found)]

    def get(self, run_id: int) -> CronRun | None:
        with self._database.read() as connection:
            row = connection.execute(select(*_COLUMNS).where(cron_runs.c.id == run_id)).one_or_none()
        return None if row is None else CronRun(*row)

    def of(self, service_id: int, environment: str, limit: int, before: int | None = None) -> list[CronRun]:
        """Newest first, from the one before number `before`."""
        found = select(*_COLUMNS).where(*_place(service_id, environment)).order_by(cron_runs.c.id.desc()).limit(limit)
        if before is not None:
            found = found.where(cron_runs.c.id < before)
        with self._database.read() as connection:
            return [CronRun(*row) for row in connection.execute(found)]

    def ask(self, live: Deployment, actor: str, at: datetime) -> CronRun:
        """One by hand, where that is live: it takes the place of one that waits and of one that is active."""
        service_id, environment = live.service_id, live.environment
        lane = select(environments.c.id).where(
            environments.c.service_id == service_id, environments.c.name == environment
        )
        asked = {"trigger": RunTrigger.MANUAL, "actor": actor, "state": RunState.WAITING, "asked_at": at, "reason": ""}
        making = insert(cron_runs).values(service_id=service_id, environment=environment, **asked)
        with self._database.write() as connection:
            connection.execute(lane.with_for_update())  # two who ask at once take turns
            _give_way(connection, service_id, environment, cronrun.replaced_by(actor), at)
            made = CronRun(*connection.execute(making.returning(*_COLUMNS)).one())
            add_entry(connection, entry_of(live, at, "run-asked", wording.run_asked(made.id), actor))
        return made

    def claim(self, run_id: int, deployment_id: str, host: str) -> CronRun | None:
        """It is the only active one from now on, of that deployment on that host. None: another is, or it waits no
        more."""
        claimed = (
            update(cron_runs)
            .where(cron_runs.c.id == run_id, IS_WAITING_RUN)
            .values(state=RunState.STARTING, deployment_id=deployment_id, host=host)
            .returning(*_COLUMNS)
        )
        try:
            with self._database.write() as connection:
                row = connection.execute(claimed).one_or_none()
        except exc.IntegrityError:
            return None
        return None if row is None else CronRun(*row)

    def began(self, run_id: int, at: datetime) -> None:
        """Its process runs. The first time counts."""
        self._update(run_id, cron_runs.c.began_at.is_(None), state=RunState.RUNNING, began_at=at)

    def too_long(self, run_id: int, reason: str) -> None:
        """It is to be stopped, unless it is already for another reason."""
        self._update(run_id, cron_runs.c.ends_as.is_(None), ends_as=RunState.FAILED, reason=reason)

    def termed(self, run_id: int, at: datetime) -> None:
        """SIGTERM was sent. Only the first counts: the grace isn't begun anew."""
        self._update(run_id, cron_runs.c.termed_at.is_(None), termed_at=at)

    def end(self, run_id: int, over: Over, at: datetime) -> bool:
        """With what the timeline tells of it. False: it is over already."""
        ended = (
            update(cron_runs)
            .where(cron_runs.c.id == run_id, IS_OPEN_RUN)
            .values(state=over.state, reason=over.reason, exit_code=over.exit_code, ended_at=at)
            .returning(cron_runs.c.deployment_id)
        )
        with self._database.write() as connection:
            row = connection.execute(ended).one_or_none()
            of = select(deployments).where(deployments.c.id == (row and row.deployment_id))
            deployment = connection.execute(of).one_or_none()
            if deployment is not None and over.state in _TOLD:
                text = f"{cronrun.log_name(run_id)} {over.state}: {over.reason}"
                add_entry(connection, entry_of(deployment, at, _TOLD[over.state], text, "tidegate"))
        return row is not None

    def stop(self, service_id: int, environment: str, reason: str, at: datetime) -> bool:
        """All of a place that goes as a whole. True while one of them is active still."""
        with self._database.write() as connection:
            return _give_way(connection, service_id, environment, reason, at)

    def prune(self, before: datetime) -> None:
        """Forgets those that ended before then."""
        with self._database.write() as connection:
            connection.execute(delete(cron_runs).where(cron_runs.c.ended_at < before))

    def _update(self, run_id: int, condition: ColumnElement[bool], **values: Any) -> None:
        with self._database.write() as connection:
            which = cron_runs.c.id == run_id, IS_ACTIVE_RUN, condition
            connection.execute(update(cron_runs).where(*which).values(**values))


def _place(service_id: int, environment: str) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return cron_runs.c.service_id == service_id, cron_runs.c.environment == environment


def _give_way(connection: Connection, service_id: int, environment: str, reason: str, at: datetime) -> bool:
    """What waits there is canceled, and what is active is to be stopped; whether anything is active."""
    place = _place(service_id, environment)
    canceled = {"state": RunState.CANCELED, "reason": reason, "ended_at": at}
    connection.execute(update(cron_runs).where(*place, IS_WAITING_RUN).values(**canceled))
    ending = update(cron_runs).where(*place, IS_ACTIVE_RUN, cron_runs.c.ends_as.is_(None))
    connection.execute(ending.values(ends_as=RunState.CANCELED, reason=reason))
    return connection.execute(select(cron_runs.c.id).where(*place, IS_ACTIVE_RUN)).first() is not None
