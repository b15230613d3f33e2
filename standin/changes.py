"""What one commit changed against another, as git's raw diff tells it."""

from __future__ import annotations

from dataclasses import dataclass

STATUSES = {"A": "added", "D": "removed", "M": "modified", "R": "renamed", "C": "copied", "T": "changed"}


@dataclass(frozen=True)
class Change:
    path: str
    status: str
    sha: str
    additions: int
    deletions: int
    previous: str | None = None


def parse_changes(raw: str) -> list[Change]:
    """Join the two halves of `--raw --numstat -z`: raw records begin with a colon, counts do not."""
    fields = iter(raw.split("\0"))
    heads: list[tuple[str, str, str, str | None]] = []
    counts: dict[str, tuple[int, int]] = {}
    for item in fields:
        if item.startswith(":"):
            _, _, old, new, letter = item.split(" ")
            first = next(fields)
            renamed = letter[0] in "RC"
            path = next(fields) if renamed else first
            heads.append((path, letter[0], old if letter[0] == "D" else new, first if renamed else None))
        elif item:
            added, deleted, path = item.split("\t")
            if not path:
                next(fields)
                path = next(fields)
            counts[path] = (0, 0) if added == "-" else (int(added), int(deleted))
    return [
        Change(path, STATUSES.get(letter, "changed"), sha, *counts.get(path, (0, 0)), previous=previous)
        for path, letter, sha, previous in heads
    ]
