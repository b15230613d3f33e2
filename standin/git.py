"""A bare git repository on disk: objects through one long-lived `git cat-file`, the rest through git commands.

Objects never change, so what is computed from SHAs is kept; references are read afresh.
"""

from __future__ import annotations

import subprocess
import threading
from functools import lru_cache
from pathlib import Path

from standin.changes import Change, parse_changes
from standin.objects import ENVIRONMENT, Commit, Entry, Objects, Signature, parse_commit, parse_entry

EMPTY_TREE = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"
ZERO = "0" * 40
CONFIG = {
    "uploadpack.allowAnySHA1InWant": "true",
    "uploadpack.allowFilter": "true",
    "http.receivepack": "true",
    "receive.advertisePushOptions": "true",
    "transfer.hideRefs": "refs/standin",
    "core.logAllRefUpdates": "false",
    "gc.auto": "0",
    "receive.autogc": "false",
}


class GitError(Exception):
    """A git command refused; the message is what git said."""


class Git:
    def __init__(self, path: Path) -> None:
        self.path = path
        self.objects = Objects(path)
        self._known: dict[str, Commit] = {}
        self.changes = lru_cache(512)(self._changes)
        self.merge_base = lru_cache(512)(self._merge_base)
        self.between = lru_cache(512)(self._between)
        self.only_in = lru_cache(512)(self._only_in)
        self.listing = lru_cache(256)(self._listing)

    @classmethod
    def create(cls, path: Path, branch: str = "main", source: Path | None = None) -> Git:
        """A new bare repository, or a full copy of `source` (a fork)."""
        path.parent.mkdir(parents=True, exist_ok=True)
        command = (
            ["init", "-q", "--bare", f"--initial-branch={branch}"]
            if source is None
            else ["clone", "-q", "--bare", str(source)]
        )
        subprocess.run(["git", *command, str(path)], check=True, env=ENVIRONMENT, capture_output=True)
        lines: dict[str, list[str]] = {}
        for key, value in CONFIG.items():
            section, name = key.split(".", 1)
            lines.setdefault(section, []).append(f"\t{name} = {value}\n")
        with (path / "config").open("a") as config:
            config.writelines(f"[{section}]\n{''.join(body)}" for section, body in lines.items())
        return cls(path)

    def run(self, *arguments: str, data: bytes | None = None, env: dict[str, str] | None = None) -> str:
        done = subprocess.run(
            ["git", "-C", str(self.path), *arguments],
            input=data,
            capture_output=True,
            env={**ENVIRONMENT, **(env or {})},
            check=False,
        )
        if done.returncode:
            raise GitError(
                done.stderr.decode(errors="replace").strip() or f"git {arguments[0]} exited with {done.returncode}"
            )
        return done.stdout.decode(errors="replace")

    def refs(self) -> dict[str, str]:
        """Every branch and tag with its SHA (of the tag object, for an annotated tag)."""
        listed = self.run("for-each-ref", "--format=%(objectname) %(refname)", "refs/heads", "refs/tags")
        return {name: sha for sha, name in (line.split(" ", 1) for line in listed.splitlines())}

    def branch(self, name: str) -> str | None:
        return self.sha(f"refs/heads/{name}")

    def sha(self, revision: str) -> str | None:
        """The commit that a branch, tag, full or short SHA names; None when nothing does."""
        if revision.startswith("-") or ".." in revision or any(mark in revision for mark in " ~^:?*[\\\n"):
            return None
        for candidate in (f"refs/heads/{revision}", f"refs/tags/{revision}", revision):
            found = self.objects.read(f"{candidate}^{{commit}}")
            if found is not None:
                return found[0]
        return None

    def commit(self, sha: str) -> Commit | None:
        if sha not in self._known:
            found = self.objects.read(sha)
            if found is None or found[1] != "commit":
                return None
            self._known[sha] = parse_commit(found[0], found[2])
        return self._known[sha]

    def blob(self, revision: str, path: str) -> tuple[str, str, bytes] | None:
        """(SHA, kind, content) of a file, directory or submodule at `path`; an empty path is the root."""
        return self.objects.read(f"{revision}:{path}" if path else f"{revision}^{{tree}}")

    def log(self, revision: str, *, limit: int, skip: int = 0, path: str = "") -> list[Commit]:
        paths = ["--", path] if path else []
        return self._commits(self.run("rev-list", f"--max-count={limit}", f"--skip={skip}", revision, *paths))

    def new_commits(self, after: str, known: list[str], limit: int = 2048) -> list[Commit]:
        """Oldest first: what `after` brings that none of `known` holds."""
        return self._commits(self.only_in(after, tuple(sha for sha in known if sha != ZERO), limit))

    def is_ancestor(self, old: str, new: str) -> bool:
        return self.merge_base(old, new) == old

    def branches_at(self, sha: str) -> list[str]:
        return [
            name.removeprefix("refs/heads/")
            for name, at in self.refs().items()
            if at == sha and name.startswith("refs/heads/")
        ]

    def point_head(self, branch: str) -> None:
        """HEAD, which tells a clone what to check out, names this branch from now on."""
        self.run("symbolic-ref", "HEAD", f"refs/heads/{branch}")

    def update_ref(self, name: str, sha: str | None, old: str | None = None) -> None:
        if sha is None:
            self.run("update-ref", "-d", name)
        else:
            self.run("update-ref", name, sha, *([old] if old else []))

    def merge(self, base: str, head: str, message: str, who: Signature) -> str | None:
        """The SHA of a merge commit of two commits, or None when they conflict."""
        try:
            tree = self.run("merge-tree", "--write-tree", base, head).splitlines()[0]
        except GitError:
            return None
        return self.commit_tree(tree, [base, head], message, who)

    def commit_tree(self, tree: str, parents: list[str], message: str, who: Signature) -> str:
        identity = {
            f"GIT_{role}_{key}": value
            for role in ("AUTHOR", "COMMITTER")
            for key, value in (("NAME", who.name), ("EMAIL", who.email), ("DATE", f"@{who.when} +0000"))
        }
        flags = [flag for parent in parents for flag in ("-p", parent)]
        return self.run("commit-tree", tree, *flags, "-F", "-", data=message.encode(), env=identity).strip()

    def with_files(self, base: str | None, files: dict[str, bytes | None]) -> str:
        """The SHA of a tree like `base`'s with these files written (or removed, for None)."""
        index = {"GIT_INDEX_FILE": str(self.path / f"index-{threading.get_ident()}")}
        self.run("read-tree", base or "--empty", env=index)
        lines = [f"{self._file_line(content)}\t{path}\0" for path, content in files.items()]
        self.run("update-index", "-z", "--index-info", data="".join(lines).encode(), env=index)
        return self.run("write-tree", env=index).strip()

    def _file_line(self, content: bytes | None) -> str:
        """What `update-index` wants to know of a file: mode 0 removes it."""
        if content is None:
            return f"0 {ZERO}"
        return f"100644 {self.run('hash-object', '-w', '--stdin', data=content).strip()}"

    def _commits(self, listed: str) -> list[Commit]:
        found = (self.commit(sha) for sha in listed.split())
        return [commit for commit in found if commit is not None]

    def _only_in(self, after: str, known: tuple[str, ...], limit: int) -> str:
        return self.run("rev-list", "--reverse", f"--max-count={limit}", after, *(f"^{sha}" for sha in known))

    def _listing(self, tree: str, *, recursive: bool = False) -> tuple[Entry, ...]:
        """The entries of a tree's SHA, with paths relative to it."""
        flags = ["-r", "-t"] if recursive else []
        listed = self.run("ls-tree", "-z", "--long", *flags, tree)
        return tuple(parse_entry(line) for line in listed.split("\0") if line)

    def _merge_base(self, one: str, other: str) -> str | None:
        try:
            return self.run("merge-base", one, other).strip()
        except GitError:
            return None

    def _between(self, base: str, head: str) -> tuple[int, int]:
        """(behind, ahead) of head against base."""
        behind, ahead = self.run("rev-list", "--left-right", "--count", f"{base}...{head}").split()
        return int(behind), int(ahead)

    def _changes(self, base: str | None, head: str) -> tuple[Change, ...]:
        """Files changed from `base` (None: from nothing) to `head`, renames found."""
        raw = self.run("diff-tree", "-r", "-M", "-z", "--raw", "--numstat", base or EMPTY_TREE, head)
        return tuple(parse_changes(raw))
