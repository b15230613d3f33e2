"""Git small enough for a fake: commits with whole file maps, and trees named by their content."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class FakeCommit:
    """`files` is every file of the commit, by its path."""

    sha: str
    parent: str | None
    message: str
    files: Mapping[str, str]


@dataclass
class FakeHistory:
    """Commits and branches of one repository."""

    commits: dict[str, FakeCommit] = field(default_factory=dict)
    branches: dict[str, str] = field(default_factory=dict)

    def commit(self, branch: str, files: Mapping[str, str | None], message: str, parent: str | None) -> str:
        """`files` changes the parent's: None removes one. The new commit is the branch's tip; its SHA."""
        before = self.commits[parent].files if parent else {}
        after = {path: text for path, text in {**before, **files}.items() if text is not None}
        sha = digest("commit", str(len(self.commits)), str(parent), message, branch, repr(sorted(after.items())))
        self.commits[sha] = FakeCommit(sha, parent, message, after)
        self.branches[branch] = sha
        return sha

    def ancestors(self, sha: str) -> list[str]:
        """From the commit itself to the first one."""
        line: list[str] = []
        at: str | None = sha
        while at is not None:
            line.append(at)
            at = self.commits[at].parent
        return line

    def subtree(self, tree: str, path: str) -> str | None:
        for commit in self.commits.values():
            folders = {"", *(parent for file in commit.files for parent in _parents(file))}
            for folder in folders:
                if tree_of(commit.files, folder) == tree:
                    below = f"{folder}/{path}".strip("/")
                    return tree_of(commit.files, below) if below in folders else None
        return None


def changed(before: Mapping[str, str], after: Mapping[str, str]) -> frozenset[str]:
    return frozenset(path for path in {*before, *after} if before.get(path) != after.get(path))


def tree_of(files: Mapping[str, str], folder: str = "") -> str:
    """Equal files have an equal tree, wherever they are."""
    prefix = f"{folder}/" if folder else ""
    below = sorted((path.removeprefix(prefix), text) for path, text in files.items() if path.startswith(prefix))
    return digest("tree", repr(below))


def digest(*parts: str) -> str:
    return hashlib.sha1("\0".join(parts).encode(), usedforsecurity=False).hexdigest()


def _parents(path: str) -> list[str]:
    parts = path.split("/")[:-1]
    return ["/".join(parts[: count + 1]) for count in range(len(parts))]
