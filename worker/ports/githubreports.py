"""What is shown on GitHub."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from tidegate.repository import Repository


@dataclass(frozen=True)
class Annotation:
    """On lines of a file of the repository; `level` is notice, warning or failure."""

    path: str
    line: int
    message: str
    title: str
    level: str = "failure"


@dataclass(frozen=True)
class CheckOutput:
    """What the check run shall show. `status` queued, in_progress or completed; `conclusion` only when completed.
    `actions` are (label, description, identifier), shown by GitHub only once completed."""

    name: str
    sha: str
    status: str
    conclusion: str | None
    title: str
    summary: str
    text: str
    details_url: str
    annotations: tuple[Annotation, ...] = ()
    actions: tuple[tuple[str, str, str], ...] = ()
    started_at: datetime | None = None
    completed_at: datetime | None = None


@dataclass(frozen=True)
class DeploymentState:
    """What GitHub's deployment shall show: one of its states, ≤ 140 characters, and both links once they exist."""

    state: str
    description: str
    log_url: str
    environment_url: str | None


class GitHubReports(Protocol):
    """Writes to GitHub. A create takes a `marker` (our deployment id), kept by GitHub in external_id or payload, and
    `attempted`: True where an earlier try may have got through, which makes it look for the marker before creating.

    `spare`: nobody waits for it (a step in between), so it is refused (Unavailable, retry_after) first, while the last
    fifth of what may be written in a minute or an hour is kept for what people wait for.
    """

    def create_deployment(
        self,
        repository: Repository,
        sha: str,
        environment: str,
        marker: str,
        *,
        production: bool,
        attempted: bool,
        spare: bool = False,
    ) -> int:
        """Id of GitHub's deployment; always with auto_merge false and required_contexts []."""
        ...

    def deployment_state(
        self, repository: Repository, deployment: int, state: DeploymentState, *, spare: bool = False
    ) -> None: ...

    def write_check(
        self,
        repository: Repository,
        check_run: int | None,
        output: CheckOutput,
        marker: str,
        *,
        attempted: bool,
        spare: bool = False,
    ) -> int:
        """Creates the run, or updates `check_run`; returns its id. Annotations beyond 50 are appended by updates."""
        ...

    def write_comment(
        self,
        repository: Repository,
        number: int,
        comment: int | None,
        body: str,
        marker: str,
        *,
        attempted: bool,
        spare: bool = False,
    ) -> int:
        """Creates a comment on the pull request (`number`), or edits `comment`, or makes it anew where somebody has
        deleted it; returns its id. The marker is kept in the body, where readers don't see it."""
        ...

    def react(self, repository: Repository, comment: int, content: str) -> None:
        """Reacts to a comment: `content` is one of GitHub's ("+1", "-1", "eyes", "rocket", "confused" ...)."""
        ...

    def commit_status(
        self,
        repository: Repository,
        sha: str,
        context: str,
        state: str,
        description: str,
        target_url: str,
        *,
        spare: bool = False,
    ) -> None: ...
