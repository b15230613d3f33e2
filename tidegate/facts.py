"""What GitHub said, as the decisions take it: commits, changed files, checks, pull requests. Plain values, read by
worker/github."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Commit:
    """`tree` is the id of the root tree; `message` is whole (subject and body); `author` a login, else a name."""

    sha: str
    tree: str
    message: str
    author: str


@dataclass(frozen=True)
class Changes:
    """Files that differ between two commits, relative to the repository's root; a rename counts under both names.

    `unknown` says why the list can't be trusted (truncated at 300, force push, missing base): filters then fail open.
    """

    paths: frozenset[str]
    unknown: str | None = None


@dataclass(frozen=True)
class Check:
    """One check run, or one commit status told in the same terms (`app_id` None, `name` its context).

    `status` is "completed" or anything else GitHub has (queued, in_progress, waiting, requested, pending);
    `conclusion` is None until completed.
    """

    id: int
    app_id: int | None
    name: str
    status: str
    conclusion: str | None
    started_at: datetime | None
    completed_at: datetime | None


@dataclass(frozen=True)
class PullRequest:
    """As it is now. `head_repository_id` is None where the fork was deleted; `labels` are names as they are written."""

    number: int
    title: str
    author: str
    open: bool
    merged: bool
    draft: bool
    head_sha: str
    head_branch: str
    head_repository_id: int | None
    base_branch: str
    labels: frozenset[str]

    def is_fork_of(self, repository_id: int) -> bool:
        """Whether its commits come from another repository than `repository_id`, the one that it wants to change."""
        return self.head_repository_id != repository_id
