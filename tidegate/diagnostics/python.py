"""Python's tracebacks, also as pytest (`E   `) and exception groups (`  | `) print them, and its syntax errors."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator

from tidegate.diagnostics.mistake import NUMBER, Mistake, Place

_LEAD = r"(?P<lead>(?:E )?[ |\t]*)"
_FRAME = re.compile(rf'{_LEAD}(?<=[ \t])File "(?P<path>[^"]+)", line (?P<line>{NUMBER})\b.*')
_LINE = re.compile(rf"{_LEAD}(?P<said>.*)")
_EXCEPTION = re.compile(r"([A-Za-z_][\w.]*)(?::.*)?")
#: Innermost frames kept: an endless recursion has a thousand.
_MOST_FRAMES = 100


class Python:
    """A traceback ends with its exception, which stands further left than its frames."""

    def __init__(self) -> None:
        self._frames: deque[Place] = deque(maxlen=_MOST_FRAMES)
        self._indent = 0

    def read(self, line: str) -> Iterator[Mistake]:
        if frame := _FRAME.fullmatch(line):
            self._frames.append(Place(frame["path"], int(frame["line"])))
            self._indent = len(frame["lead"])
            return
        if not self._frames:
            return
        told = _LINE.fullmatch(line)
        if told is None or not told["said"] or len(told["lead"]) >= self._indent:
            return
        places = tuple(reversed(self._frames))
        self._frames.clear()
        if name := exception_name(told["said"]):
            yield Mistake(places, name, told["said"])


def exception_name(said: str) -> str | None:
    """`JSONDecodeError` of "json.decoder.JSONDecodeError: Extra data"; None where the words tell no exception."""
    exception = _EXCEPTION.fullmatch(said)
    return exception[1].rpartition(".")[2] if exception else None
