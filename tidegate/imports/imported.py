"""What became of another system's deploy file: whatever our reader takes of it, and a note for each thing else."""

from __future__ import annotations

import copy
from dataclasses import dataclass, field

from tidegate.blueprint.nodes import Data, Document, Path
from tidegate.blueprint.reader import check
from tidegate.blueprint.writer import write

#: What a hint says where what it is about is gone already.
_GONE = "Remove it."
#: Names of lists whose items go one by one.
_ITEMS = ("envVars", "headers", "routes", "domains")


class NotRead(Exception):
    """The message says what is wrong with the file as a whole."""


@dataclass(frozen=True, order=True)
class Note:
    """`line` of the other file, from 1. `message` and `instead` are sentences; `instead` may be empty."""

    line: int
    message: str
    instead: str = ""

    @property
    def told(self) -> str:
        return f"{self.message} {self.instead}".strip()


@dataclass(frozen=True)
class Imported:
    """`text` of a deploy file that the reader takes as it is; None where nothing could be had over."""

    text: str | None
    notes: tuple[Note, ...]


@dataclass
class Draft:
    """On the way: our data, with the lines of the other file, and what was noted so far."""

    document: Document
    notes: list[Note] = field(default_factory=list)

    @property
    def data(self) -> dict[str, Data]:
        assert isinstance(self.document.data, dict)
        return self.document.data

    def line(self, path: Path) -> int:
        """Of a field's name, else of what is around it."""
        while path not in self.document.keys and path not in self.document.at and path:
            path = path[:-1]
        place = self.document.keys.get(path) or self.document.at.get(path) or (1, 1)
        return place[0]

    def note(self, path: Path, message: str, instead: str = "") -> None:
        self.notes.append(Note(self.line(path), message, "" if instead == _GONE else instead))

    def get(self, path: Path) -> Data:
        """What is there; None where nothing is."""
        found: Data = self.data
        for part in path:
            if isinstance(found, dict):
                found = found.get(str(part))
            else:
                found = found[part] if isinstance(found, list) and isinstance(part, int) else None
        return found

    def remove(self, path: Path) -> None:
        """Whatever comes after it in a list keeps its lines."""
        holder, part = self.get(path[:-1]), path[-1]
        if isinstance(holder, dict):
            holder.pop(str(part), None)
        elif isinstance(holder, list) and isinstance(part, int):
            del holder[part]
            self.document.at = _closed(self.document.at, path[:-1], part)
            self.document.keys = _closed(self.document.keys, path[:-1], part)

    def finished(self, file: str) -> Imported:
        """What the reader refuses is left out, in its own words, until it refuses nothing."""
        self.notes += [Note(each.line, each.message, each.hint) for each in self.document.problems]
        noted: set[Path] = set()
        while self.data.get("services"):
            asked = Document(copy.deepcopy(self.data), self.document.at, self.document.keys)
            if check(asked) is not None and not asked.problems:
                return self._written(file)
            units = {path: _unit(path) for path in asked.wrong}
            for path, problem in zip(asked.wrong, asked.problems, strict=True):
                if units[path] not in noted:
                    self.note(path, problem.message, problem.hint)
            noted |= set(units.values())
            for unit in sorted(set(units.values()), key=_last_first, reverse=True):
                self.remove(unit)
        self.notes.append(Note(1, "Nothing in it can be deployed here.", "Write a `tidegate.yml` by hand."))
        return Imported(None, tuple(sorted(set(self.notes))))

    def _written(self, file: str) -> Imported:
        notes = tuple(sorted(set(self.notes)))
        head = [f"Made from {file}.", *(["What is there and not here:"] if notes else [])]
        text = write(self.data, [*head, *(f"  line {each.line}: {each.told}" for each in notes)])
        return Imported(text, notes)


def _unit(path: Path) -> Path:
    """What is left out as a whole where `path` is wrong: a field of a service, or one item of a list in it. Without
    its name, a service is none."""
    if path[:1] == ("services",) and path[2:3] in {(), ("name",)}:
        return path[:2]
    if path[:1] == ("services",):
        return path[: 4 if path[2] in _ITEMS and len(path) > 3 else 3]
    if path[:1] == ("envVarGroups",):
        return path[: 4 if path[2:3] == ("envVars",) and len(path) > 3 else 2]
    return path[:2] if path[:1] == ("previews",) else path[:1]


def _last_first(path: Path) -> tuple[tuple[int, str], ...]:
    """Items of a list go from its end on, so that the others keep their numbers."""
    return tuple((part, "") if isinstance(part, int) else (-1, part) for part in path)


def _closed(places: dict[Path, tuple[int, int]], holder: Path, gone: int) -> dict[Path, tuple[int, int]]:
    """The same, after an item of the list at `holder` is gone."""
    depth = len(holder)
    found: dict[Path, tuple[int, int]] = {}
    for path, place in places.items():
        number = path[depth] if len(path) > depth and path[:depth] == holder else None
        if number == gone:
            continue
        after = isinstance(number, int) and number > gone
        found[(*holder, number - 1, *path[depth + 1 :]) if after and isinstance(number, int) else path] = place
    return found
