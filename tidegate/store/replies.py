"""What we answered to commands in comments, until all that was asked for has ended."""

from __future__ import annotations

from sqlalchemy import ColumnElement, RowMapping, select

from tidegate.reply import Reply
from tidegate.store.asked_tables import IS_REPLY_DUE, replies
from tidegate.store.database import Database
from tidegate.store.upsert import upsert


class Replies:
    def __init__(self, database: Database) -> None:
        self._database = database
        self._save = upsert(database, replies, key=["repository_id", "comment_id"])

    def get(self, repository_id: int, comment_id: int) -> Reply | None:
        found = self._select(replies.c.repository_id == repository_id, replies.c.comment_id == comment_id)
        return found[0] if found else None

    def save(self, reply: Reply) -> None:
        """Replaces what was answered to that comment."""
        row = {**vars(reply), "lines": list(reply.lines), "deployments": list(reply.deployments)}
        with self._database.write() as connection:
            connection.execute(self._save, row)

    def due(self) -> list[Reply]:
        """Of all repositories, by the comment that is answered, the oldest first."""
        return self._select(IS_REPLY_DUE)

    def _select(self, *conditions: ColumnElement[bool]) -> list[Reply]:
        ordered = select(replies).where(*conditions).order_by(replies.c.comment_id)
        with self._database.read() as connection:
            return [_record(row) for row in connection.execute(ordered).mappings()]


def _record(row: RowMapping) -> Reply:
    return Reply(**{**row, "lines": tuple(row["lines"]), "deployments": tuple(row["deployments"])})
