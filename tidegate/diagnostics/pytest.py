"""pytest's own accounts of a failed test, with long or short tracebacks. Native ones are Python's.

Long: `path:12:` for each frame, and `path:34: AssertionError` for the last, after the `E   ` lines.
Short: `path:12: in function` for each frame, and then the `E   ` lines.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator

from tidegate.diagnostics.mistake import NUMBER, Mistake, Place
from tidegate.diagnostics.python import exception_name

_ENTRY = re.compile(rf"(?P<path>[^\s:][^:]*\.py):(?P<line>{NUMBER}):(?P<short> in \S+)?(?: (?P<name>[A-Za-z_][\w.]*))?")
_SAID = re.compile(r"E {3,}(?P<said>.+)")
#: `____ test_name ____` and `==== FAILURES ====`; between frames stands `_ _ _ _`.
_HEADING = re.compile(r"_{3,} .+|={3,} .+")
_MOST_FRAMES = 100


class Pytest:
    """`_said` is the first thing that the exception says; the rest compares values."""

    def __init__(self) -> None:
        self._frames: deque[Place] = deque(maxlen=_MOST_FRAMES)
        self._short = False
        self._said = ""

    def read(self, line: str) -> Iterator[Mistake]:
        if entry := _ENTRY.fullmatch(line):
            self._frames.append(Place(entry["path"], int(entry["line"])))
            self._short = entry["short"] is not None
            if entry["name"]:
                yield self._mistake(entry["name"], self._said or entry["name"])
        elif said := _SAID.fullmatch(line):
            self._said = self._said or said["said"].strip()
            if self._short and self._frames:
                yield from self._short_mistake(said["said"].strip())
        elif _HEADING.fullmatch(line):
            self._frames.clear()
            self._said = ""

    def _short_mistake(self, said: str) -> Iterator[Mistake]:
        if said.startswith('File "'):
            self._frames.clear()  # a syntax error in what was imported: it is read as Python's, at its own place
        else:
            yield self._mistake(exception_name(said) or "AssertionError", said)

    def _mistake(self, name: str, message: str) -> Mistake:
        places = tuple(reversed(self._frames))
        self._frames.clear()
        self._said = ""
        return Mistake(places, name.rpartition(".")[2], message)
