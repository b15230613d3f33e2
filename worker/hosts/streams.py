"""Streams that speak when they like, taken in the caller's own thread, which can give up at any moment.

A blocking read can't ask `stop`. So another thread reads, and the caller takes what has come and asks in between; to
give up is to cut what is read from.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from time import monotonic
from typing import Generic, TypeVar

from worker.ports import OnLine
from worker.until import PULSE, Until

#: Longest line that is passed on, in bytes; a longer one comes in pieces of this size.
LONGEST_LINE = 16 * 1024
#: Items that wait for a slow consumer; beyond it reading waits too, and the other side feels it.
_BACKLOG = 256

T = TypeVar("T")


class Lines:
    """Cuts chunks of bytes into lines of text: no newline, no carriage return, invalid UTF-8 replaced."""

    def __init__(self, on_line: OnLine) -> None:
        self._on_line = on_line
        self._rest = b""

    def feed(self, chunk: bytes) -> None:
        *whole, self._rest = (self._rest + chunk).split(b"\n")
        for line in whole:
            self._emit(line)
        while len(self._rest) > LONGEST_LINE:
            self._emit(self._rest[:LONGEST_LINE])
            self._rest = self._rest[LONGEST_LINE:]

    def close(self) -> None:
        """Passes on what came after the last newline."""
        if self._rest:
            self._emit(self._rest)
            self._rest = b""

    def _emit(self, line: bytes) -> None:
        line = line.removesuffix(b"\r")
        for start in range(0, len(line) or 1, LONGEST_LINE):
            self._on_line(line[start : start + LONGEST_LINE].decode(errors="replace"))


@dataclass(frozen=True)
class _End:
    error: Exception | None


class Pump(Generic[T]):
    """Reads `source` in a thread of its own. `cut` must make a blocked read of it end; it is called to give up.
    `meaning`, as Connection.translated, is told what the source raises, unless that was cut."""

    def __init__(
        self,
        source: Iterable[T],
        cut: Callable[[], None],
        meaning: Callable[[], AbstractContextManager[None]] = nullcontext,
    ) -> None:
        self._cut = cut
        self._meaning = meaning
        self._inbox: queue.Queue[T | _End] = queue.Queue(_BACKLOG)
        self._given_up = threading.Event()
        self._reader = threading.Thread(target=self._read, args=(source,), daemon=True)

    def run(self, take: Callable[[T], None], until: Until) -> None:
        """Gives each item to `take`, here, until the source ends; raises the source's own error, or `until`'s."""
        try:
            until.check()
            self._reader.start()
            for item in self._arrivals(until):
                take(item)
        except BaseException:
            self._given_up.set()
            self._cut()
            raise
        self._reader.join()

    def _arrivals(self, until: Until) -> Iterator[T]:
        asked = monotonic()
        while True:
            try:
                item: T | _End | None = self._inbox.get(timeout=PULSE)
            except queue.Empty:
                item = None
            if isinstance(item, _End):
                if item.error is not None:
                    with self._meaning():
                        raise item.error
                return
            if monotonic() - asked >= PULSE:
                until.check()
                asked = monotonic()
            if item is not None:
                yield item

    def _read(self, source: Iterable[T]) -> None:
        end = _End(None)
        try:
            for item in source:
                if not self._put(item):
                    return
        except Exception as error:  # noqa: BLE001 - not swallowed: the caller's thread raises it
            end = _End(error)
        self._put(end)

    def _put(self, item: T | _End) -> bool:
        while not self._given_up.is_set():
            try:
                self._inbox.put(item, timeout=PULSE)
            except queue.Full:
                continue
            return True
        return False
