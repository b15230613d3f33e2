"""Does a commit belong to the repository? GitHub hands out every fork's commits by their SHA in the parent as well."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from tidegate.repository import Repository
from worker.github.client import Client, scope_of
from worker.github.comparison import within

#: References whose history is looked through, each by a call; beyond them a commit is found at a tip only.
MOST_LOOKED_THROUGH = 100


class Holding:
    """The part of the port `GitHubReads` that tells a repository's own commits from those of its forks."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def holds(self, repository: Repository, sha: str) -> bool:
        branches = self._tips(repository, "heads")
        if sha in branches.values():
            return True
        # The default branch leads to most of what anybody asks for.
        default = branches.pop(repository.default_branch, None)
        if default is not None and within(self._client, repository, default, sha):
            return True
        tags = self._tips(repository, "tags")
        # An annotated tag's SHA is its own, and not its commit's, so that it is asked about by its name.
        others = [*branches.values(), *map(quote, tags)][:MOST_LOOKED_THROUGH]
        return sha in tags.values() or any(within(self._client, repository, base, sha) for base in others)

    def _tips(self, repository: Repository, kind: str) -> dict[str, str]:
        """The SHA of each branch (heads) or tag (tags), by name."""
        found: Any = self._client.ask(
            scope_of(repository),
            lambda rest, headers: rest.git.list_matching_refs(
                repository.owner, repository.name, f"{kind}/", headers=headers
            ),
        )
        return {each["ref"].removeprefix(f"refs/{kind}/"): each["object"]["sha"] for each in found}
