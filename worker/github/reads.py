"""What GitHub says about one repository, as `tidegate.facts`. Read only: a commit's, a file's, a comparison's truth."""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from tidegate.facts import Changes, Commit
from tidegate.repository import Repository
from worker.github import comparison
from worker.github.client import Client, scope_of
from worker.github.errors import Answered
from worker.github.memory import Remembered
from worker.ports import Refused

DEPLOY_FILE = "tidegate.yml"
#: What the name of a branch or a tag never holds (git-check-ref-format): nothing but a name gets into a path.
NO_NAME = re.compile(r"^$|^[/-]|[/.]$|(^|/)\.|\.\.|//|@\{|[\x00-\x20~^:?*\[\\\x7f]")
#: 422 is GitHub's answer for a name that it doesn't know, 409 that of a repository without a commit.
NO_COMMIT = (409, 422)


class Reads:
    """The part of the port `GitHubReads` that asks as a repository's installation."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._commits: Remembered[tuple[int, str], Commit] = Remembered(128)
        self._trees: Remembered[str, Mapping[str, str]] = Remembered(512)

    def commit(self, repository: Repository, sha: str) -> Commit:
        return self._commits.get((repository.id, sha), lambda: self._commit(repository, sha))

    def _commit(self, repository: Repository, sha: str) -> Commit:
        # One file a page: the files of a large commit are megabytes, and nobody asked for them.
        found = self._client.ask(
            scope_of(repository),
            lambda rest, headers: rest.repos.get_commit(
                repository.owner, repository.name, sha, per_page=1, headers=headers
            ),
        )
        return _commit(found)

    def deploy_file(self, repository: Repository, sha: str) -> str | None:
        return self.file(repository, sha, DEPLOY_FILE)

    def file(self, repository: Repository, sha: str, path: str) -> str | None:
        try:
            found: Any = self._client.ask(
                scope_of(repository),
                lambda rest, headers: rest.repos.get_content(
                    repository.owner, repository.name, path, ref=sha, headers=headers
                ),
            )
        except Answered as answer:
            if answer.status != 404:
                raise
            # GitHub says 404 for a missing file, commit and repository alike; the commit tells which.
            self.commit(repository, sha)
            return None
        if not isinstance(found, dict) or found.get("type") != "file":
            return None
        if found.get("encoding") != "base64":
            raise Refused(f"{path} is larger than the megabyte that GitHub hands out. Make it smaller.")
        return base64.b64decode(found["content"]).decode("utf-8", "replace")

    def paths(self, repository: Repository, sha: str) -> frozenset[str]:
        tree = self.commit(repository, sha).tree
        found = self._client.ask(
            scope_of(repository),
            lambda rest, headers: rest.git.get_tree(
                repository.owner, repository.name, tree, recursive="1", headers=headers
            ),
        )
        return frozenset(entry["path"] for entry in found["tree"] if entry["type"] == "blob")

    def changes(self, repository: Repository, base: str, head: str) -> Changes:
        return comparison.changes(self._client, repository, base, head)

    def resolve(self, repository: Repository, ref: str) -> Commit | None:
        if NO_NAME.search(ref):
            return None
        try:
            found = self._client.ask(
                scope_of(repository),
                lambda rest, headers: rest.repos.get_commit(
                    repository.owner, repository.name, quote(ref), per_page=1, headers=headers
                ),
            )
        except Answered as answer:
            if answer.status not in NO_COMMIT:
                self._client.expect_missing(repository, answer)
            return None
        return _commit(found)

    def branch_head(self, repository: Repository, branch: str, *, spare: bool = False) -> Commit | None:
        try:
            found = self._client.ask(
                scope_of(repository),
                lambda rest, headers: rest.repos.get_branch(
                    repository.owner, repository.name, quote(branch), headers=headers
                ),
                spare=spare,
            )
        except Answered as answer:
            # GitHub tells a missing branch and a missing repository apart by these words alone.
            if answer.status == 404 and "branch not found" in answer.said.lower():
                return None
            raise
        # A renamed branch redirects to its new name, which is another branch to us.
        return _commit(found["commit"]) if found["name"] == branch else None

    def subtree(self, repository: Repository, tree: str, path: str) -> str | None:
        found: str | None = tree
        for part in filter(None, path.split("/")):
            if found is None:
                return None
            found = self._directories(repository, found).get(part)
        return found

    def _directories(self, repository: Repository, tree: str) -> Mapping[str, str]:
        return self._trees.get(tree, lambda: self._tree(repository, tree))

    def _tree(self, repository: Repository, tree: str) -> Mapping[str, str]:
        found = self._client.ask(
            scope_of(repository),
            lambda rest, headers: rest.git.get_tree(repository.owner, repository.name, tree, headers=headers),
        )
        return {entry["path"]: entry["sha"] for entry in found["tree"] if entry["type"] == "tree"}


def _commit(found: Any) -> Commit:
    """From GitHub's schema "commit", which a branch carries too."""
    told = found["commit"]
    login = (found.get("author") or {}).get("login")
    return Commit(
        sha=found["sha"],
        tree=told["tree"]["sha"],
        message=told["message"],
        author=str(login or (told.get("author") or {}).get("name") or "unknown"),
    )
