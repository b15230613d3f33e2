"""What happened, in the words that a user reads, newest first."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, insert, or_, select

from tidegate.deployment import Deployment
from tidegate.repository import PRODUCTION, TimelineEntry
from tidegate.store.database import Database
from tidegate.store.outgoing_rows import put_outgoing
from tidegate.store.tables import timeline

#: In the order of the record's fields.
COLUMNS = (
    timeline.c.at,
    timeline.c.kind,
    timeline.c.text,
    timeline.c.actor,
    timeline.c.repository_id,
    timeline.c.service,
    timeline.c.environment,
    timeline.c.deployment_id,
    timeline.c.sha,
)
#: Told of a preview as a whole, in its own environment.
_PREVIEWS = ("preview-created", "preview-removed")


class Timeline:
    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, entry: TimelineEntry) -> None:
        with self._database.write() as connection:
            add_entry(connection, entry)

    def of_repository(self, repository_id: int, limit: int) -> list[TimelineEntry]:
        return self._newest(limit, timeline.c.repository_id == repository_id)

    def of_service(self, repository_id: int, service: str, limit: int) -> list[TimelineEntry]:
        return self._newest(limit, timeline.c.repository_id == repository_id, timeline.c.service == service)

    def of_deployment(self, deployment_id: str) -> list[TimelineEntry]:
        return self._newest(None, timeline.c.deployment_id == deployment_id)

    def page(
        self,
        repository_id: int,
        service: str,
        environment: str,
        limit: int,
        before: int | None = None,
        kinds: Collection[str] = (),
    ) -> tuple[list[TimelineEntry], int | None]:
        """Newest first, from the one before number `before`: what concerns a service in an environment, what is told
        of the whole repository among it, in production also that previews came and went; of these kinds, where any are
        given. And the number to go on from."""
        repository = timeline.c.repository_id == repository_id
        place = or_(timeline.c.environment.is_(None), timeline.c.environment == environment)
        if environment == PRODUCTION:
            # A preview that is gone has no page of its own any more.
            place = or_(place, timeline.c.kind.in_(_PREVIEWS))
        wanted = [place, *([timeline.c.seq < before] if before else [])]
        wanted += [timeline.c.kind.in_(sorted(kinds))] if kinds else []
        found: list[Row[Any]] = []
        with self._database.read() as connection:
            # Two questions, since each has its index; one with OR would have to sort all that there is.
            for of in (timeline.c.service == service, timeline.c.service.is_(None)):
                some = select(timeline.c.seq, *COLUMNS).where(repository, of, *wanted)
                found += connection.execute(some.order_by(timeline.c.seq.desc()).limit(limit + 1))
        found.sort(key=lambda row: row.seq, reverse=True)
        entries = [TimelineEntry(*row[1:]) for row in found[:limit]]
        return entries, found[limit - 1].seq if len(found) > limit else None

    def _newest(self, limit: int | None, *conditions: ColumnElement[bool]) -> list[TimelineEntry]:
        newest = select(*COLUMNS).where(*conditions).order_by(timeline.c.seq.desc()).limit(limit)
        with self._database.read() as connection:
            return [TimelineEntry(*row) for row in connection.execute(newest)]


def add_entry(connection: Connection, entry: TimelineEntry) -> None:
    """With what is to be sent because of it: in one transaction, so that nothing is told of that didn't happen, and
    nothing is left untold."""
    added = connection.execute(insert(timeline).values(**vars(entry)))
    assert added.inserted_primary_key is not None
    put_outgoing(connection, added.inserted_primary_key[0], entry)


def entry_of(deployment: Deployment | Row[Any], at: datetime, kind: str, text: str, actor: str) -> TimelineEntry:
    """An entry about a deployment, or about its row."""
    return TimelineEntry(
        at=at,
        kind=kind,
        text=text,
        actor=actor,
        repository_id=deployment.repository_id,
        service=deployment.service,
        environment=deployment.environment,
        deployment_id=deployment.id,
        sha=deployment.sha,
    )
