"""A line of our own logs: what happened, and around it which delivery, which deployment, which request it belongs to.

On Python's own logging, so that the web process, which is small, needs nothing more; worker/journal.py has structlog
write through it.
"""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar, copy_context
from datetime import UTC, datetime
from functools import partial
from typing import TypeVar

_OURS = ("tidegate", "webapp", "worker")
_context: ContextVar[Mapping[str, object]] = ContextVar("tidegate log line", default={})  # noqa: B039 - never changed
_Result = TypeVar("_Result")


@contextmanager
def bound(**fields: object) -> Iterator[None]:
    """Each line that is written within has these fields, too."""
    token = _context.set({**_context.get(), **fields})
    try:
        yield
    finally:
        _context.reset(token)


def bind(**fields: object) -> None:
    """The same until the end of the `bound` block around this."""
    _context.set({**_context.get(), **fields})


def carried(work: Callable[..., _Result]) -> Callable[..., _Result]:
    """For another thread, whose lines belong to what this one does."""
    return partial(copy_context().run, work)


def fields(**told: object) -> dict[str, dict[str, object]]:
    """A line's own, as `extra`: log.info("a webhook was taken", extra=fields(event=event))."""
    return {"fields": told}


class Lines(logging.Formatter):
    """One line each, as JSON or for people."""

    def __init__(self, *, as_json: bool) -> None:
        super().__init__()
        self._as_json = as_json

    def format(self, record: logging.LogRecord) -> str:
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        event, level = record.getMessage(), record.levelname.lower()
        more = {**_context.get(), **getattr(record, "fields", {})}
        trouble = self.formatException(record.exc_info) if record.exc_info else None
        if self._as_json:
            told = {"at": at, "level": level, "logger": record.name, "event": event, **more}
            return json.dumps({**told, "exception": trouble} if trouble else told, default=str)
        words = "".join(f" {name}={_word(value)}" for name, value in more.items())
        return f"{at} {level:<7} {event}{words}" + (f"\n{trouble}" if trouble else "")


def configure(*, as_json: bool) -> None:
    """Of this process: ours from "info" on, libraries' from "warning" on, whose lines may hold whole addresses."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Lines(as_json=as_json))
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)
    for name in _OURS:
        logging.getLogger(name).setLevel(logging.INFO)


def _word(value: object) -> str:
    """In quotes where it is more than one."""
    text = str(value)
    plain = text.isprintable() and text and not set(text) & set(' "=')
    return text if plain else json.dumps(text, ensure_ascii=False)
