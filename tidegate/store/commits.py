"""Commits that were looked at, by the beginning of their SHA."""

from __future__ import annotations

from sqlalchemy import select

from tidegate.store.database import Database
from tidegate.store.deployment_table import deployments

#: Of one beginning, more than which are not told apart.
_MOST = 20


class Commits:
    def __init__(self, database: Database) -> None:
        self._database = database

    def beginning(self, prefix: str) -> list[tuple[int, str]]:
        """(repository id, SHA) of those that begin so, of all repositories. `prefix` is in lower case."""
        after = deployments.c.sha < f"{prefix}g"  # hexadecimal digits end with f
        found = select(deployments.c.repository_id, deployments.c.sha).where(deployments.c.sha >= prefix, after)
        with self._database.read() as connection:
            return [(row[0], row[1]) for row in connection.execute(found.distinct().limit(_MOST))]
