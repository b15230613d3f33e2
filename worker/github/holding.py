"""Does a commit belong to the repository? GitHub hands out every fork's commits by their SHA in the parent as well."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tidegate.repository import Repository
from worker.github.client import Client, scope_of
from worker.github.errors import Answered

#: References whose history is looked through, each by a call; beyond them a commit is found at a tip only.
MOST_LOOKED_THROUGH = 100
#: Of a comparison's answer: the other end is in the history of the first one.
_WITHIN = frozenset({"behind", "identical"})


class Holding:
    """The part of the port `GitHubReads` that tells a repository's own commits from those of its forks."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def holds(self, repository: Repository, sha: str) -> bool:
        if self._within(repository, f"heads/{repository.default_branch}", sha):
            return True
        tips = {name: tip for kind in ("heads", "tags") for name, tip in self._tips(repository, kind)}
        if sha in tips.values():
            return True
        others = [name for name in tips if name != f"heads/{repository.default_branch}"]
        return any(self._within(repository, name, sha) for name in others[:MOST_LOOKED_THROUGH])

    def _tips(self, repository: Repository, kind: str) -> Iterator[tuple[str, str]]:
        """(name, SHA) of each branch (heads) or tag (tags); an annotated tag's SHA is its own, and not its commit's."""
        found: Any = self._client.ask(
            scope_of(repository),
            lambda rest, headers: rest.git.list_matching_refs(
                repository.owner, repository.name, f"{kind}/", headers=headers
            ),
        )
        for each in found:
            yield each["ref"].removeprefix("refs/"), each["object"]["sha"]

    def _within(self, repository: Repository, name: str, sha: str) -> bool:
        """Whether it is in the history of a branch or tag. The second page lists no files, which may be megabytes."""
        try:
            found = self._client.ask(
                scope_of(repository),
                lambda rest, headers: rest.repos.compare_commits(
                    repository.owner, repository.name, f"{name}...{sha}", per_page=1, page=2, headers=headers
                ),
            )
        except Answered as answer:
            if answer.status not in (404, 422):  # no common history, or the branch is gone by now
                raise
            return False
        return found["status"] in _WITHIN
