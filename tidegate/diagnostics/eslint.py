"""ESLint's formats: stylish (its default: a file, then its rows), unix and compact (a mistake a line)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tidegate.diagnostics.mistake import NUMBER, Mistake, Place

_ROW = re.compile(rf"\s+(?P<line>{NUMBER}):{NUMBER}\s+error\s+(?P<said>\S.*)")
_UNIX = re.compile(
    rf"(?P<path>[^\s:][^:]*):(?P<line>{NUMBER}):{NUMBER}: (?P<said>.+) \[Error(?:/(?P<rule>[^\]\s]+))?\]"
)
_COMPACT = re.compile(rf"(?P<path>\S.*?): line (?P<line>{NUMBER}), col {NUMBER}, Error - (?P<said>.+)")


class ESLint:
    """Warnings fail nothing. A mistake that no rule found is one of the parser."""

    def __init__(self) -> None:
        self._file: str | None = None

    def read(self, line: str) -> Iterator[Mistake]:
        if not line:
            self._file = None
        elif not line[0].isspace():
            self._file = line
            yield from _whole(line)
        elif self._file is not None and (row := _ROW.fullmatch(line)):
            said, _, rule = row["said"].rpartition("  ")
            alone = not said or " " in rule
            message = row["said"] if alone else said.rstrip()
            yield Mistake((Place(self._file, int(row["line"])),), _title("" if alone else rule), message)


def _whole(line: str) -> Iterator[Mistake]:
    if found := _UNIX.fullmatch(line):
        yield Mistake((Place(found["path"], int(found["line"])),), _title(found["rule"]), found["said"])
    elif found := _COMPACT.fullmatch(line):
        said, _, rule = found["said"].rpartition(" (")
        alone = not said or not rule.endswith(")") or " " in rule
        message = found["said"] if alone else said
        title = _title("" if alone else rule.removesuffix(")"))
        yield Mistake((Place(found["path"], int(found["line"])),), title, message)


def _title(rule: str | None) -> str:
    return rule or "Parsing error"
