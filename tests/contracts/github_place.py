"""What a story of the contract does on GitHub, whichever it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from tidegate.permission import Permission
from tidegate.repository import Repository
from worker.ports import GitHubReads, GitHubReports

Files = Mapping[str, str | None]
#: Who owns the repository and does everything in it, but for what a story says otherwise.
OWNER = "octo"


class Both(GitHubReads, GitHubReports, Protocol):
    """The reads and the reports of one GitHub."""


class Place(Protocol):
    """A GitHub with one repository in it, and what a story does to them. Methods of a fault name the port's."""

    @property
    def github(self) -> Both: ...

    @property
    def repository(self) -> Repository: ...

    def push(self, files: Files, message: str = "Change", branch: str = "main") -> str: ...

    def check(self, sha: str, name: str, conclusion: str | None) -> None: ...

    def status(self, sha: str, context: str, state: str) -> None:
        """A commit status by somebody else."""
        ...

    def tag(self, name: str, sha: str) -> None: ...

    def open_pull(self, branch: str, title: str = "Change", *, fork_of: str | None = None, draft: bool = False) -> int:
        """From a branch with one commit of its own, in the repository or in somebody's fork; its number."""
        ...

    def push_pull(self, number: int) -> str:
        """One more commit on its head; its SHA."""
        ...

    def label(self, number: int, name: str, *, on: bool = True) -> None: ...

    def retitle(self, number: int, title: str) -> None: ...

    def close_pull(self, number: int, *, merged: bool = False) -> None: ...

    def reopen_pull(self, number: int) -> None: ...

    def comment(self, number: int, body: str) -> int:
        """By a person."""
        ...

    def delete_comment(self, comment: int) -> None: ...

    def comments(self, number: int) -> Sequence[tuple[int, str, str]]:
        """(id, who wrote it, what readers see) of each, oldest first."""
        ...

    def reactions(self, comment: int) -> Sequence[str]: ...

    def permit(self, login: str, permission: Permission) -> None: ...

    def archive(self) -> None: ...

    def settle(self) -> None:
        """Waits until GitHub has tried to deliver all that it has to tell."""
        ...

    def delete(self) -> None: ...

    def rename(self, name: str) -> None: ...

    def lose_answer(self, method: str) -> None:
        """The next call of `method` does its work, and its answer is lost."""
        ...

    def fail(self, method: str) -> None:
        """The next call of `method` finds GitHub down."""
        ...

    def limit(self, method: str, retry_after: int) -> None: ...

    def deployments(self) -> Sequence[tuple[str, str, list[str]]]:
        """(environment, marker, states in order) of each."""
        ...

    def runs(self, sha: str) -> Sequence[tuple[str, str, str | None, int]]:
        """(name, marker, conclusion, number of annotations) of each check run of ours."""
        ...

    def statuses(self, sha: str) -> Sequence[tuple[str, str]]:
        """(context, state) of each, oldest first."""
        ...
