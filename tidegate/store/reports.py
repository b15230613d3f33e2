"""What GitHub was told of each deployment, so that it is told again only what changed, and made only once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from tidegate.store.database import Database
from tidegate.store.deployment_table import deployments
from tidegate.store.tables import reports
from tidegate.store.upsert import upsert


@dataclass(frozen=True)
class ReportState:
    """Ids are GitHub's, None until known. `..._attempted` is noted before a create is sent: it may have got through.

    `shown_...` are fingerprints of what was last shown. No report is due before `not_before`.
    """

    deployment_id: str
    github_deployment: int | None = None
    check_run: int | None = None
    deployment_attempted: bool = False
    check_attempted: bool = False
    shown_deployment: str = ""
    shown_check: str = ""
    shown_status: str = ""
    failures: int = 0
    not_before: datetime | None = None
    last_at: datetime | None = None


#: In the order of the record's fields.
_COLUMNS = (
    reports.c.deployment_id,
    reports.c.github_deployment,
    reports.c.check_run,
    reports.c.deployment_attempted,
    reports.c.check_attempted,
    reports.c.shown_deployment,
    reports.c.shown_check,
    reports.c.shown_status,
    reports.c.failures,
    reports.c.not_before,
    reports.c.last_at,
)


class Reports:
    def __init__(self, database: Database) -> None:
        self._database = database
        self._save = upsert(database, reports, key=["deployment_id"])

    def get(self, deployment_id: str) -> ReportState:
        """Of a deployment that GitHub wasn't told of: the empty state."""
        with self._database.read() as connection:
            row = connection.execute(select(*_COLUMNS).where(reports.c.deployment_id == deployment_id)).one_or_none()
        return ReportState(deployment_id) if row is None else ReportState(*row)

    def save(self, state: ReportState) -> None:
        with self._database.write() as connection:
            connection.execute(self._save, vars(state))

    def by_github_deployment(self, repository_id: int, github_deployment: int) -> str | None:
        """Id of the deployment that is reported on that one of GitHub's."""
        found = (
            select(reports.c.deployment_id)
            .join_from(reports, deployments)
            .where(reports.c.github_deployment == github_deployment, deployments.c.repository_id == repository_id)
            .limit(1)
        )
        with self._database.read() as connection:
            return connection.execute(found).scalar()

    def by_check_run(self, repository_id: int, check_run_id: int) -> str | None:
        """Id of the deployment that was reported on that check run."""
        found = (
            select(reports.c.deployment_id)
            .join_from(reports, deployments)
            .where(reports.c.check_run == check_run_id, deployments.c.repository_id == repository_id)
            .order_by(deployments.c.seq.desc())
            .limit(1)
        )
        with self._database.read() as connection:
            return connection.execute(found).scalar()
