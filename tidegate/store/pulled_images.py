"""Which images we fetched to which Docker host: only they may be removed there again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import delete, select

from tidegate.store.database import Database
from tidegate.store.pulled_table import pulled_images
from tidegate.store.upsert import upsert


class PulledImages:
    """By the host's name and the image's, by digest."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._add = upsert(database, pulled_images, key=["host", "image"])

    def add(self, host: str, image: str, at: datetime) -> None:
        """Once more, it is as if fetched `at` that time."""
        with self._database.write() as connection:
            connection.execute(self._add, {"host": host, "image": image, "pulled_at": at})

    def of(self, host: str) -> Mapping[str, datetime]:
        """When each was fetched last."""
        mine = select(pulled_images.c.image, pulled_images.c.pulled_at).where(pulled_images.c.host == host)
        with self._database.read() as connection:
            return {row.image: row.pulled_at for row in connection.execute(mine)}

    def forget(self, host: str, image: str) -> None:
        this = pulled_images.c.host == host, pulled_images.c.image == image
        with self._database.write() as connection:
            connection.execute(delete(pulled_images).where(*this))
