"""What is said about a commit: check runs, and the older commit statuses told in the same terms."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from tidegate.facts import Check
from tidegate.repository import Repository
from worker.github.client import PAGE, Client, scope_of

#: More of either than these on one commit are not looked at; GitHub itself looks at the newest 1000 suites only.
PAGES = 50


class Checks:
    """The part of the port `GitHubReads` that a gate is judged by."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def checks(self, repository: Repository, sha: str) -> Sequence[Check]:
        checks: list[Check] = []
        for page in range(1, PAGES + 1):
            runs, total = self._check_page(repository, sha, page)
            checks.extend(check_of(run) for run in runs)
            if len(runs) < PAGE or len(checks) >= total:
                break
        return checks

    def _check_page(self, repository: Repository, sha: str, page: int) -> tuple[Sequence[Mapping[str, Any]], int]:
        found = self._client.ask(
            scope_of(repository),
            lambda rest, headers: rest.checks.list_for_ref(
                repository.owner, repository.name, sha, filter_="latest", per_page=PAGE, page=page, headers=headers
            ),
        )
        return found["check_runs"], found["total_count"]

    def statuses(self, repository: Repository, sha: str) -> Sequence[Check]:
        statuses: list[Check] = []
        for page in range(1, PAGES + 1):
            found, total = self._status_page(repository, sha, page)
            statuses.extend(status_of(status) for status in found)
            if len(found) < PAGE or len(statuses) >= total:
                break
        return statuses

    def _status_page(self, repository: Repository, sha: str, page: int) -> tuple[Sequence[Mapping[str, Any]], int]:
        # The combined view lists the newest of each context. Its own verdict is "pending" where there is none: unread.
        found = self._client.ask(
            scope_of(repository),
            lambda rest, headers: rest.repos.get_combined_status_for_ref(
                repository.owner, repository.name, sha, per_page=PAGE, page=page, headers=headers
            ),
        )
        return found["statuses"], found["total_count"]


def check_of(run: Mapping[str, Any]) -> Check:
    return Check(
        id=run["id"],
        app_id=(run.get("app") or {}).get("id"),
        name=run["name"],
        status=run["status"],
        conclusion=run.get("conclusion"),
        started_at=_time(run.get("started_at")),
        completed_at=_time(run.get("completed_at")),
    )


def status_of(status: Mapping[str, Any]) -> Check:
    """A status says pending, success, failure or error; the last two are one to a gate."""
    state, at = status["state"], _time(status["updated_at"])
    pending = state == "pending"
    return Check(
        id=status["id"],
        app_id=None,
        name=status["context"],
        status="pending" if pending else "completed",
        conclusion=None if pending else "success" if state == "success" else "failure",
        started_at=_time(status["created_at"]),
        completed_at=None if pending else at,
    )


def _time(told: str | None) -> datetime | None:
    return None if told is None else datetime.fromisoformat(told)
