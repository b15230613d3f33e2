"""What is asked about deployments. Kept apart from what changes them; both are `Store.deployments`."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, not_, or_, select

from tidegate.deployment import Deployment, Status, Trigger
from tidegate.store.database import Database
from tidegate.store.deployment_table import (
    IS_ACTIVE,
    IS_COMING,
    IS_PENDING,
    IS_QUEUED,
    IS_RUNNING,
    IS_SERVING,
    IS_UNFINISHED,
    IS_UNREPORTED,
    IS_WAITING,
    WAS_LIVE,
    deployments,
)
from tidegate.store.rows import record
from tidegate.store.serving import serving
from tidegate.store.tables import environments, reports, repositories, services

_NEWEST_FIRST = deployments.c.seq.desc()
#: Rows that wait for a person's approval are looked at when it is given, and not before.
_WAITS_FOR_CHECKS = (IS_WAITING, not_(deployments.c.needs_approval))


class DeploymentReads:
    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, deployment_id: str) -> Deployment | None:
        return self._first(select(deployments).where(deployments.c.id == deployment_id))

    def of_commit(self, repository_id: int, sha: str) -> list[Deployment]:
        """Newest first."""
        of_commit = select(deployments).where(deployments.c.sha == sha, deployments.c.repository_id == repository_id)
        return self._all(of_commit.order_by(_NEWEST_FIRST))

    def of_commits(self, service_id: int, environment: str, shas: Collection[str]) -> dict[str, Deployment]:
        """The last of each of these commits in that lane, by commit."""
        of = select(deployments).where(deployments.c.sha.in_(sorted(shas)), *_lane(service_id, environment))
        return {each.sha: each for each in self._all(of.order_by(deployments.c.seq))}

    def of_environment(self, repository_id: int, environment: str, limit: int) -> list[Deployment]:
        """The last `limit` of all services there, newest first."""
        there = select(deployments).where(
            deployments.c.repository_id == repository_id, deployments.c.environment == environment
        )
        return self._all(there.order_by(_NEWEST_FIRST).limit(limit))

    def pending_or_active(self, repository_id: int, environment: str | None) -> list[Deployment]:
        """All of a repository that may still come live, newest first; None: in every environment."""
        coming = select(deployments).where(IS_UNFINISHED, IS_COMING, deployments.c.repository_id == repository_id)
        if environment is not None:
            coming = coming.where(deployments.c.environment == environment)
        return self._all(coming.order_by(_NEWEST_FIRST))

    def unfinished(self, repository_id: int) -> bool:
        """Whether anything of it is pending, active or running."""
        return (
            self._first(select(deployments).where(IS_UNFINISHED, deployments.c.repository_id == repository_id))
            is not None
        )

    def newest(self, service_id: int, environment: str, sha: str) -> Deployment | None:
        """The last deployment of that commit in that lane."""
        commit = select(deployments).where(*_lane(service_id, environment), deployments.c.sha == sha)
        return self._first(commit.order_by(_NEWEST_FIRST))

    def last(self, service_id: int, environment: str) -> Deployment | None:
        """What was wanted there last, whatever became of it."""
        return self._first(select(deployments).where(*_lane(service_id, environment)).order_by(_NEWEST_FIRST))

    def pending(self, service_id: int, environment: str) -> list[Deployment]:
        """Waiting or queued, newest first."""
        return self._all(select(deployments).where(*_lane(service_id, environment), IS_PENDING).order_by(_NEWEST_FIRST))

    def active(self, service_id: int, environment: str) -> Deployment | None:
        return self._first(select(deployments).where(*_lane(service_id, environment), IS_ACTIVE))

    def live(self, service_id: int, environment: str) -> Deployment | None:
        """Live or crashed: the routed one of these, else (while a switch goes on) the last."""
        return self._first(serving().where(*_lane(service_id, environment)))

    def all_live(self, repository_id: int, environment: str | None = None) -> dict[tuple[int, str], Deployment]:
        """The same for every place of a repository, or of one of its environments, by (service id, environment)."""
        # Serving is unfinished; to say so, too, is what lets SQLite use that index.
        live = serving().where(IS_UNFINISHED, deployments.c.repository_id == repository_id)
        if environment is not None:
            live = live.where(deployments.c.environment == environment)
        found: dict[tuple[int, str], Deployment] = {}
        for each in self._all(live):
            found.setdefault((each.service_id, each.environment), each)
        return found

    def all_active(self, repository_id: int) -> dict[tuple[int, str], Deployment]:
        """Of a repository, by (service id, environment)."""
        active = select(deployments).where(IS_ACTIVE, IS_UNFINISHED, deployments.c.repository_id == repository_id)
        return {(each.service_id, each.environment): each for each in self._all(active)}

    def running(self, service_id: int, environment: str) -> list[Deployment]:
        """Live, crashed or draining, newest first."""
        running = select(deployments).where(*_lane(service_id, environment), IS_RUNNING)
        return self._all(running.order_by(_NEWEST_FIRST))

    def left_of_gone(self) -> list[int]:
        """Ids of repositories that are gone and of which something is still pending, active or running."""
        left = (
            select(deployments.c.repository_id)
            .join_from(deployments, repositories, repositories.c.id == deployments.c.repository_id)
            .where(repositories.c.gone.is_not(None), or_(IS_UNFINISHED, IS_RUNNING))
            .distinct()
        )
        with self._database.read() as connection:
            return sorted(connection.execute(left).scalars())

    def crowded(self) -> list[tuple[int, str]]:
        """Lanes (service id, environment) in which more than one deployment is live or crashed: a switch that was cut
        short before it retired the old ones."""
        lanes = (
            select(deployments.c.service_id, deployments.c.environment)
            .where(IS_SERVING)
            .group_by(deployments.c.service_id, deployments.c.environment)
            .having(func.count() > 1)
        )
        with self._database.read() as connection:
            return [(row.service_id, row.environment) for row in connection.execute(lanes)]

    def newer_than(self, deployment: Deployment) -> bool:
        """Whether a later one was wanted in that lane: any but one that was skipped before its gate was asked, or that
        only brings what is live another configuration."""
        later = (
            select(deployments.c.seq)
            .where(
                *_lane(deployment.service_id, deployment.environment),
                deployments.c.seq > _seq_of(deployment.id),
                or_(deployments.c.status != Status.SKIPPED, deployments.c.gated),
                deployments.c.trigger != Trigger.CONFIG,
            )
            .limit(1)
        )
        with self._database.read() as connection:
            return connection.execute(later).first() is not None

    def due(self, at: datetime) -> list[Deployment]:
        """Waiting ones that wanted to be looked at by now, longest due first; not those that wait for an approval."""
        due = select(deployments).where(*_WAITS_FOR_CHECKS, deployments.c.look_at <= at)
        return self._all(due.order_by(deployments.c.look_at))

    def all_waiting(self) -> list[Deployment]:
        """In every lane, oldest first; but for those that wait for a person's approval."""
        waiting = select(deployments).where(*_WAITS_FOR_CHECKS)
        # By number alone SQLite would read the whole table, which is in that order.
        return self._all(waiting.order_by(deployments.c.created_at, deployments.c.seq))

    def closed_gates(self, since: datetime | None = None, repository_id: int | None = None) -> list[Deployment]:
        """Skipped by their gate (since then), and still the newest commit that was wanted in their lanes."""
        later = deployments.alias()
        newest = (
            select(func.max(later.c.seq))
            .where(
                later.c.service_id == environments.c.service_id,
                later.c.environment == environments.c.name,
                or_(later.c.status != Status.SKIPPED, later.c.gated),
                later.c.trigger != Trigger.CONFIG,
            )
            .scalar_subquery()
        )
        closed = (
            select(deployments)
            .join_from(environments, deployments, deployments.c.seq == newest)
            .where(deployments.c.status == Status.SKIPPED, deployments.c.gated)
        )
        if since is not None:
            closed = closed.where(deployments.c.moved_at >= since)
        if repository_id is not None:
            own = select(services.c.id).where(services.c.repository_id == repository_id)
            closed = closed.where(environments.c.service_id.in_(own))
        return self._all(closed)

    def next_due(self) -> datetime | None:
        with self._database.read() as connection:
            return connection.execute(select(func.min(deployments.c.look_at)).where(*_WAITS_FOR_CHECKS)).scalar()

    def orphans(self, at: datetime) -> list[Deployment]:
        """Active ones whose lease ran out, longest ago first."""
        orphaned = select(deployments).where(IS_ACTIVE, deployments.c.lease_until <= at)
        return self._all(orphaned.order_by(deployments.c.lease_until))

    def queued(self, before: datetime) -> list[Deployment]:
        """Queued since before then, oldest first."""
        waiting = select(deployments).where(IS_QUEUED, deployments.c.moved_at < before)
        return self._all(waiting.order_by(deployments.c.moved_at, deployments.c.seq))

    def unreported(self, limit: int, at: datetime) -> list[Deployment]:
        """Of which GitHub shows less than is recorded, and whose report isn't put off; oldest first. Those of a
        repository that is gone are told once it is back."""
        ready = or_(reports.c.not_before.is_(None), reports.c.not_before <= at)
        return self._all(
            select(deployments)
            .join_from(deployments, repositories, repositories.c.id == deployments.c.repository_id)
            .outerjoin(reports, reports.c.deployment_id == deployments.c.id)
            .where(IS_UNREPORTED, ready, repositories.c.gone.is_(None))
            .order_by(deployments.c.seq)
            .limit(limit)
        )

    def previous_live(self, service_id: int, environment: str, than: Deployment) -> Deployment | None:
        """The last before `than` that has been live and has an image: what a rollback goes to."""
        earlier = select(deployments).where(
            *_lane(service_id, environment),
            WAS_LIVE,
            deployments.c.image.is_not(None),
            deployments.c.seq < _seq_of(than.id),
        )
        return self._first(earlier.order_by(_NEWEST_FIRST))

    def live_before(self, than: Deployment) -> Deployment | None:
        """The last before `than` that has been live in its place."""
        earlier = select(deployments).where(
            *_lane(than.service_id, than.environment), WAS_LIVE, deployments.c.seq < _seq_of(than.id)
        )
        return self._first(earlier.order_by(_NEWEST_FIRST))

    def images_in_use(self, references: Collection[str], repository_id: int, environment: str) -> set[str]:
        """Which of these images are needed outside of that environment of that repository: by deployments that may
        still come live, or that were live in an environment that still exists."""
        here = and_(deployments.c.repository_id == repository_id, deployments.c.environment == environment)
        exists = (
            select(environments.c.id)
            .where(
                environments.c.service_id == deployments.c.service_id,
                environments.c.name == deployments.c.environment,
            )
            .exists()
        )
        used = (
            select(deployments.c.image)
            .where(
                deployments.c.image.in_(sorted(references)),
                not_(here),
                or_(IS_COMING, and_(WAS_LIVE, exists)),
            )
            .distinct()
        )
        with self._database.read() as connection:
            return set(connection.execute(used).scalars())

    def page(
        self,
        before: str | None,
        limit: int,
        service_id: int | None = None,
        repositories: Collection[int] | None = None,
    ) -> list[Deployment]:
        """Newest first; `before` is the id of the last one of the page before, None for the first page.

        Of one service, and of these repositories (by id), where given.
        """
        page = select(deployments).order_by(_NEWEST_FIRST).limit(limit)
        if before is not None:
            page = page.where(deployments.c.seq < _seq_of(before))
        if service_id is not None:
            page = page.where(deployments.c.service_id == service_id)
        if repositories is not None:
            page = page.where(deployments.c.repository_id.in_(sorted(repositories)))
        return self._all(page)

    def _all(self, query: Select[Any]) -> list[Deployment]:
        with self._database.read() as connection:
            return [record(row) for row in connection.execute(query)]

    def _first(self, query: Select[Any]) -> Deployment | None:
        with self._database.read() as connection:
            row = connection.execute(query.limit(1)).first()
        return None if row is None else record(row)


def _lane(service_id: int, environment: str) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return deployments.c.service_id == service_id, deployments.c.environment == environment


def _seq_of(deployment_id: str) -> Any:
    other = deployments.alias()
    return select(other.c.seq).where(other.c.id == deployment_id).scalar_subquery()
