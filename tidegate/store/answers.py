"""What was answered to requests over HTTP, left by a worker for the web process that holds the line."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, select

from tidegate.request import Answer
from tidegate.store.asked_tables import answers
from tidegate.store.database import Database
from tidegate.store.upsert import upsert


class Answers:
    def __init__(self, database: Database) -> None:
        self._database = database
        self._put = upsert(database, answers, key=["request_id"])

    def put(self, answer: Answer, at: datetime) -> None:
        """Replaces an earlier answer: the request was handled again."""
        with self._database.write() as connection:
            connection.execute(self._put, {**vars(answer), "at": at})

    def get(self, request_id: str) -> Answer | None:
        """None: not yet, or not any more."""
        found = select(answers.c.status, answers.c.body).where(answers.c.request_id == request_id)
        with self._database.read() as connection:
            row = connection.execute(found).one_or_none()
        return None if row is None else Answer(request_id, row.status, row.body)

    def prune(self, before: datetime) -> None:
        """Forgets what was answered before then: nobody waits that long."""
        with self._database.write() as connection:
            connection.execute(delete(answers).where(answers.c.at < before))
