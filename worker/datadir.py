"""What the worker keeps below TIDEGATE_DATA, and how what is left over of it is found and removed again."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from tidegate.leftovers import Entry
from worker.mirror import Mirror
from worker.scratch import is_held

_MIRROR = ".git"


class DataDir:
    """Entries come by their names; what disappears while it is looked at is not there."""

    def __init__(self, data: str) -> None:
        self._root = Path(data)
        self.mirrors = self._root / "mirrors"
        self.trees = self._root / "trees"
        self.scratch = self._root / "scratch"
        #: Near ends of the ways to Docker hosts by ssh.
        self.tunnels = self._root / "ssh"

    def free(self) -> int | None:
        """Bytes; None where the directory can't be looked at (yet)."""
        try:
            return shutil.disk_usage(self._root).free
        except OSError:
            return None

    def exported(self, now: datetime) -> list[Entry]:
        return list(_entries(self.trees, "", now))

    def left_in_scratch(self, now: datetime) -> list[Entry]:
        return list(_entries(self.scratch, "", now))

    def mirrored(self, now: datetime) -> list[Entry]:
        """By name without its ending; the lock's file tells when a mirror was used last."""
        locks = {each.name: each for each in _entries(self.mirrors, ".lock", now)}
        there = (each.name.removesuffix(_MIRROR) for each in _entries(self.mirrors, _MIRROR, now))
        return [Entry(name, locks[name].age) for name in there if name in locks]

    def remove_tree(self, name: str) -> None:
        shutil.rmtree(self.trees / name, ignore_errors=True)

    def held_in_scratch(self) -> set[str]:
        """Of whoever lives."""
        return {each.name for each in _paths(self.scratch, "") if is_held(each)}

    def remove_scratch(self, name: str) -> None:
        shutil.rmtree(self.scratch / name, ignore_errors=True)

    def remove_mirror(self, name: str) -> bool:
        """False where it is in use now."""
        return Mirror(self.mirrors / f"{name}{_MIRROR}").discard()


def _paths(directory: Path, ending: str) -> list[Path]:
    try:
        return sorted(path for path in directory.iterdir() if path.name.endswith(ending))
    except FileNotFoundError:
        return []


def _entries(directory: Path, ending: str, now: datetime) -> Iterator[Entry]:
    for path in _paths(directory, ending):
        try:
            used = path.stat().st_mtime
        except FileNotFoundError:
            continue
        yield Entry(path.name.removesuffix(".lock"), timedelta(seconds=max(0.0, now.timestamp() - used)))
