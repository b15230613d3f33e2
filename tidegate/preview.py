"""Previews of pull requests: the record of one, and whether a pull request shall have one now (SEMANTICS 8)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Preview:
    """A pull request's preview, by repository and number alone: branches are renamed, deleted and stacked."""

    repository_id: int
    number: int
    #: As of the last look; `fork`: its commits come from another repository.
    head_sha: str
    head_branch: str
    fork: bool
    open: bool
    #: When its head last moved.
    pushed_at: datetime
    #: Why it doesn't exist; None while it does, or is being made.
    absent: str | None = None
    #: Who asked for it by a comment, whatever the deploy file says.
    asked_by: str | None = None
    #: The head at which somebody removed it, or it expired: it returns with another head.
    removed_sha: str | None = None
    #: The head of a fork that somebody with write permission let run.
    approved_sha: str | None = None
    approved_by: str | None = None
    #: GitHub's id of our comment, whether one was sent, and the fingerprint of what it shows.
    comment: int | None = None
    comment_attempted: bool = False
    comment_shown: str = ""
    #: The comment may show less than is recorded.
    comment_due: bool = False

    @property
    def environment(self) -> str:
        return environment_of(self.number)


def environment_of(number: int) -> str:
    """The name of a preview's environment."""
    return f"pr-{number}"


def number_of(environment: str) -> int | None:
    """The pull request whose preview an environment is; None for production."""
    number = environment.removeprefix("pr-")
    return int(number) if number != environment and number.isdecimal() else None
