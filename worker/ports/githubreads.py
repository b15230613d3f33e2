"""What is asked of GitHub: nothing that webhooks say is believed without it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from tidegate.facts import Changes, Check, Commit, PullRequest
from tidegate.permission import Permission
from tidegate.repository import Repository


@dataclass(frozen=True)
class Sent:
    """A delivery in GitHub's list, whether it arrived or not. `guid` is the event's; each attempt has an `id`."""

    id: int
    guid: str
    event: str
    at: datetime


class GitHubReads(Protocol):
    """GitHub's truth about a repository. Refused: gone or no access. Unavailable: down, or limited (retry_after).

    `spare`: nobody waits for it, so it is refused (Unavailable) where little of the hour's budget is left.
    """

    def commit(self, repository: Repository, sha: str) -> Commit: ...

    def deploy_file(self, repository: Repository, sha: str) -> str | None:
        """Text of `tidegate.yml` at the root at `sha`; None where there is none."""
        ...

    def file(self, repository: Repository, sha: str, path: str) -> str | None:
        """Text of the file at `path` (no leading slash) at `sha`; None where there is none."""
        ...

    def paths(self, repository: Repository, sha: str) -> frozenset[str]:
        """Of all files at a commit; of a huge repository, those that GitHub lists at once."""
        ...

    def changes(self, repository: Repository, base: str, head: str) -> Changes:
        """One compare call. A base that is missing or a list that is cut raises nothing: `Changes.unknown` says so."""
        ...

    def checks(self, repository: Repository, sha: str) -> Sequence[Check]:
        """Check runs of the commit (filter=latest, all pages), ours included: the gate excludes them by app id."""
        ...

    def statuses(self, repository: Repository, sha: str) -> Sequence[Check]:
        """The newest commit status of each context, told as checks: `app_id` None, `name` the context."""
        ...

    def resolve(self, repository: Repository, ref: str) -> Commit | None:
        """The commit that a branch, a tag, or a full or short SHA names; None where it names none.

        Also one of a fork, which GitHub serves in the parent, too: `holds` tells."""
        ...

    def holds(self, repository: Repository, sha: str) -> bool:
        """Whether a branch or a tag of the repository itself leads to the commit; of very many only the tips count."""
        ...

    def pull(self, repository: Repository, number: int, *, spare: bool = False) -> PullRequest | None:
        """None where there is no such pull request."""
        ...

    def open_pulls(self, repository: Repository) -> Sequence[PullRequest]:
        """All of them; for the sweep, so it is always spare."""
        ...

    def permission(self, repository: Repository, login: str) -> Permission:
        """What that person, or bot, may do there now; NONE where GitHub knows no such collaborator."""
        ...

    def branch_head(self, repository: Repository, branch: str, *, spare: bool = False) -> Commit | None:
        """The commit at the tip; None where the branch is gone."""
        ...

    def subtree(self, repository: Repository, tree: str, path: str) -> str | None:
        """Id of the tree at `path` (no leading or trailing slash) below `tree`; None where there is none."""
        ...

    def repositories(self) -> Sequence[Repository]:
        """Every repository that we may serve, for the sweep, so it is always spare: archived ones, which nobody can
        report to, and those of suspended installations are left out."""
        ...

    def clone_url(self, repository: Repository, rejected: str | None = None) -> tuple[str, str]:
        """(https URL without credentials, short-lived token for contents:read, other than the `rejected` one)."""
        ...

    def missed_deliveries(self, since: datetime) -> Sequence[str]:
        """GUIDs of deliveries since then of which no attempt was answered 2xx; asks GitHub to send each once more."""
        ...

    def deliveries(self, since: datetime) -> Sequence[Sent]:
        """What GitHub sent, or tried to send, since then, oldest first, each GUID once. It keeps three days."""
        ...

    def payload(self, delivery: int) -> bytes:
        """The JSON of a delivery, by the id in GitHub's list."""
        ...
