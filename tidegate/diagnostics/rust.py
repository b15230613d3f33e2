"""rustc's and Clippy's `error[E0308]: …` with its ` --> src/main.rs:4:5`, and panics, which is how a test fails."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tidegate.diagnostics.mistake import NUMBER, Mistake, Place

_ERROR = re.compile(r"error(?:\[(?P<code>\w+)\])?: (?P<said>.+)")
_AT = re.compile(rf"\s*--> (?P<path>[^:]+):(?P<line>{NUMBER}):{NUMBER}")
#: The message follows on the next line; before Rust 1.73 it stood in between.
_PANICKED = re.compile(
    r"thread '[^']*'(?: \(\d+\))? panicked at (?:'(?P<said>.*)', )?"
    rf"(?P<path>[^\s:'][^:']*):(?P<line>{NUMBER}):{NUMBER}:?"
)


class Rust:
    def __init__(self) -> None:
        self._error: tuple[str, str] | None = None
        self._panic: Place | None = None

    def read(self, line: str) -> Iterator[Mistake]:
        if self._panic is not None:
            place, self._panic = self._panic, None
            yield Mistake((place,), "Panic", line or "panicked")
        elif error := _ERROR.fullmatch(line):
            self._error = (error["code"] or "Error", error["said"])
        elif self._error is not None and (at := _AT.fullmatch(line)):
            yield Mistake((Place(at["path"], int(at["line"])),), *self._error)
            self._error = None
        elif panicked := _PANICKED.fullmatch(line):
            place = Place(panicked["path"], int(panicked["line"]))
            if panicked["said"] is None:
                self._panic = place
            else:
                yield Mistake((place,), "Panic", panicked["said"])
        elif not line or line.startswith("warning"):
            self._error = None
