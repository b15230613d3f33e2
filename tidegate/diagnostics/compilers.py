"""`path:line:column: error: message`, the GNU way: gcc, clang, javac, mypy, and rustc where it is told to be short."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tidegate.diagnostics.mistake import NUMBER, Mistake, Place

_ERROR = re.compile(
    rf"(?P<path>[^\s:][^:]*):(?P<line>{NUMBER}):(?:{NUMBER}:)? (?:fatal |internal compiler )?"
    r"error(?:\[(?P<code>\w+)\])?: (?P<message>.+)"
)
#: Where gcc was asked to instantiate the template in which the error then is, mostly in a library's header.
_REQUIRED = re.compile(rf"(?P<path>[^\s:][^:]*):(?P<line>{NUMBER}):(?:{NUMBER}:)? +required from here")


class Compilers:
    """Warnings fail nothing, and a linker names no lines: neither is read."""

    def __init__(self) -> None:
        self._required: tuple[Place, ...] = ()

    def read(self, line: str) -> Iterator[Mistake]:
        if required := _REQUIRED.fullmatch(line):
            self._required = (Place(required["path"], int(required["line"])),)
        elif error := _ERROR.fullmatch(line):
            places = (Place(error["path"], int(error["line"])), *self._required)
            self._required = ()
            yield Mistake(places, error["code"] or "Error", error["message"])
