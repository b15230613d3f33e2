"""Both of GitHub's ports over one client: the adapter that wiring makes once per process."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from tidegate.github import GitHub as Settings
from tidegate.installation import Scope
from tidegate.repository import Repository
from worker.github import deliveries, installations
from worker.github.auth import CLONE_PERMISSIONS, TokenCache
from worker.github.budget import Budget
from worker.github.checks import Checks
from worker.github.client import Client
from worker.github.comments import Comments
from worker.github.holding import Holding
from worker.github.pulls import Pulls
from worker.github.reads import Reads
from worker.github.reports import Reports
from worker.ports import Clock, Sent


class GitHub(Reads, Holding, Checks, Pulls, Reports, Comments):
    """The ports `GitHubReads` and `GitHubReports`. Safe for threads; connects on first use; keeps its connections.

    Without a `budget` it counts what this process alone asks of GitHub.
    """

    def __init__(self, settings: Settings, tokens: TokenCache, clock: Clock, budget: Budget | None = None) -> None:
        client = Client(settings, tokens, clock, budget)
        Reads.__init__(self, client)
        Holding.__init__(self, client)
        Checks.__init__(self, client)
        Pulls.__init__(self, client)
        Reports.__init__(self, client, settings.app_id)
        Comments.__init__(self, client, settings.app_id)
        self._web_url = settings.web_url.rstrip("/")

    def repositories(self) -> Sequence[Repository]:
        return list(installations.repositories(self._client))

    def clone_url(self, repository: Repository, rejected: str | None = None) -> tuple[str, str]:
        scope = Scope.of(repository.installation_id, repository.id, CLONE_PERMISSIONS)
        return f"{self._web_url}/{repository.full_name}.git", self._client.token(scope, rejected)

    def missed_deliveries(self, since: datetime) -> Sequence[str]:
        return deliveries.redeliver(self._client, since)

    def deliveries(self, since: datetime) -> Sequence[Sent]:
        return deliveries.sent(self._client, since)

    def payload(self, delivery: int) -> bytes:
        return deliveries.payload(self._client, delivery)

    def close(self) -> None:
        self._client.close()
