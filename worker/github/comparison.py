"""GitHub's comparison of two commits: which files lie between them, and whether one is in the other's history."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tidegate.facts import Changes
from tidegate.repository import Repository
from worker.github.client import Client, scope_of
from worker.github.errors import Answered

#: GitHub's compare lists no more files than these, and all of them on its first page.
COMPARED_FILES = 300
#: The other end is in the history of the first one.
_WITHIN = frozenset({"behind", "identical"})


class _Incomparable(Exception):
    """They have no common history, or one of them isn't there; GitHub's words."""


def changes(client: Client, repository: Repository, base: str, head: str) -> Changes:
    """As ports.GitHubReads.changes."""
    try:
        found = _compared(client, repository, base, head, page=1)
    except _Incomparable as said:
        return Changes(frozenset(), f"GitHub cannot compare {base[:7]} with {head[:7]}: {said}")
    return _changes(found, base, head)


def within(client: Client, repository: Repository, base: str, sha: str) -> bool:
    """Whether it is in the history of a commit or a tag."""
    try:
        # The second page lists no files, which may be megabytes.
        return _compared(client, repository, base, sha, page=2)["status"] in _WITHIN
    except _Incomparable:
        return False


def _compared(client: Client, repository: Repository, base: str, head: str, page: int) -> Any:
    try:
        return client.ask(
            scope_of(repository),
            lambda rest, headers: rest.repos.compare_commits(
                repository.owner, repository.name, f"{base}...{head}", per_page=1, page=page, headers=headers
            ),
        )
    except Answered as answer:
        if answer.status not in (404, 422):
            raise
        raise _Incomparable(answer.said) from answer


def _changes(found: Mapping[str, Any], base: str, head: str) -> Changes:
    """From a comparison's first page. It starts at the merge base, so what a force push took away isn't listed."""
    files = found.get("files") or []
    paths = frozenset(
        name for file in files for name in (file["filename"], file.get("previous_filename")) if name is not None
    )
    status = found["status"]
    if status not in ("ahead", "identical"):
        return Changes(paths, f"{head[:7]} does not follow {base[:7]} (a force push, or a step back: {status})")
    if len(files) >= COMPARED_FILES:
        return Changes(paths, f"GitHub lists no more than {COMPARED_FILES} changed files")
    return Changes(paths)
