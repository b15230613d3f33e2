"""What builds and instances printed, kept for good: compressed chunks of numbered lines.

Lines are numbered from 1 within their deployment, across its steps. Secrets were masked before they came here.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Row, delete, func, select

from tidegate.store.database import Database
from tidegate.store.deployment_table import IS_RUNNING, deployments
from tidegate.store.tables import log_chunks
from tidegate.store.upsert import upsert

#: Chunks that a reader takes from the database at once.
_CHUNKS_AT_ONCE = 32
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True)
class LogLine:
    n: int
    step: str
    at: datetime
    text: str


class Logs:
    def __init__(self, database: Database) -> None:
        self._database = database
        self._append = upsert(
            database,
            log_chunks,
            key=["deployment_id", "first"],
            where=lambda new: log_chunks.c.last < new.last,
        )

    def append(self, deployment_id: str, step: str, first: int, lines: Sequence[tuple[datetime, str]]) -> None:
        """Keeps lines, the first of which has the number `first`.

        A repetition replaces what it repeats if it is longer: who can't know whether a write got through sends it
        again, together with what was printed since.
        """
        if not lines:
            return
        chunk = {
            "deployment_id": deployment_id,
            "step": step,
            "first": first,
            "last": first + len(lines) - 1,
            "lines": _packed(lines),
        }
        with self._database.write() as connection:
            connection.execute(self._append, chunk)

    def next_line(self, deployment_id: str) -> int:
        """The first free number."""
        last = select(func.max(log_chunks.c.last)).where(log_chunks.c.deployment_id == deployment_id)
        with self._database.read() as connection:
            return (connection.execute(last).scalar() or 0) + 1

    def read(self, deployment_id: str, after: int = 0, step: str | None = None) -> Iterator[LogLine]:
        """Lines in order, from the one after number `after`, of one step or of all. Holds no transaction meanwhile."""
        while True:
            more = (
                select(log_chunks)
                .where(log_chunks.c.deployment_id == deployment_id, log_chunks.c.last > after)
                .order_by(log_chunks.c.first)
                .limit(_CHUNKS_AT_ONCE)
            )
            with self._database.read() as connection:
                chunks = connection.execute(more).all()
            for chunk in chunks:
                if step is None or chunk.step == step:
                    yield from (line for line in _unpacked(chunk) if line.n > after)
                after = chunk.last
            if len(chunks) < _CHUNKS_AT_ONCE:
                return

    def tail(self, deployment_id: str, lines: int, but: str = "") -> list[LogLine]:
        """The last `lines` lines, in order; but for those of the step `but`."""
        which = log_chunks.c.deployment_id == deployment_id, log_chunks.c.step != but
        last = select(func.max(log_chunks.c.last)).where(*which).scalar_subquery()
        ending = select(log_chunks).where(*which, log_chunks.c.last > last - lines).order_by(log_chunks.c.first)
        with self._database.read() as connection:
            chunks = connection.execute(ending).all()
        found = [line for chunk in chunks for line in _unpacked(chunk)]
        return found[len(found) - min(lines, len(found)) :]

    def expired(self, before: datetime) -> list[str]:
        """Ids of the deployments that ended before then and of which something is kept here."""
        kept = select(log_chunks.c.deployment_id).where(log_chunks.c.deployment_id == deployments.c.id).exists()
        ended = select(deployments.c.id).where(deployments.c.ended_at < before, kept)
        with self._database.read() as connection:
            return list(connection.execute(ended.order_by(deployments.c.seq)).scalars())

    def forget(self, deployment_id: str) -> None:
        """All that the deployment has printed."""
        with self._database.write() as connection:
            connection.execute(delete(log_chunks).where(log_chunks.c.deployment_id == deployment_id))

    def trim(self, lines: int) -> None:
        """Of deployments that run, the last `lines` lines of each are kept: they may run, and print, for years."""
        running = select(deployments.c.id).where(IS_RUNNING)
        with self._database.read() as connection:
            ids = list(connection.execute(running).scalars())
        for each in ids:
            older = log_chunks.c.last < self.next_line(each) - lines
            with self._database.write() as connection:
                connection.execute(delete(log_chunks).where(log_chunks.c.deployment_id == each, older))


def _packed(lines: Sequence[tuple[datetime, str]]) -> bytes:
    """Compressed JSON: a list of [microseconds since 1970, text]."""
    pairs = [((at - _EPOCH) // _MICROSECOND, text) for at, text in lines]
    return zlib.compress(json.dumps(pairs, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace"))


def _unpacked(chunk: Row[Any]) -> Iterator[LogLine]:
    for n, (microseconds, text) in enumerate(json.loads(zlib.decompress(chunk.lines)), start=chunk.first):
        yield LogLine(n, chunk.step, _EPOCH + timedelta(microseconds=microseconds), text)
