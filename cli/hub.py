"""GitHub's REST API as the person at the terminal sees it: what is shown for a commit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import httpx

#: One item of GitHub's JSON, of which only the fields used are looked at.
Json = dict[str, Any]


@dataclass(frozen=True)
class Shown:
    """What GitHub shows for one commit: check runs, deployments, and each deployment's statuses, newest first."""

    checks: tuple[Json, ...]
    deployments: tuple[Json, ...]
    statuses: dict[int, tuple[Json, ...]]

    def check(self, name: str) -> Json | None:
        return next((run for run in self.checks if run["name"] == name), None)

    def states(self) -> list[str]:
        """Every deployment's states, oldest first."""
        return [status["state"] for each in self.deployments for status in reversed(self.statuses[each["id"]])]


class Hub:
    """`api` is the base URL (…/api/v3), `repository` "owner/name". httpx.HTTPError where it doesn't answer well."""

    def __init__(self, api: str, token: str, repository: str) -> None:
        # trust_env off: a proxy of the environment must not come between this machine and itself.
        headers = {"Authorization": f"Bearer {token}"}
        self._client = httpx.Client(base_url=api, headers=headers, timeout=10, trust_env=False)
        self._repository = repository

    def close(self) -> None:
        self._client.close()

    def get(self, path: str, **query: str | int) -> Any:
        """Of the repository: `path` is below /repos/owner/name/."""
        answer = self._client.get(f"/repos/{self._repository}/{path}", params=query)
        answer.raise_for_status()
        return answer.json()

    def post(self, path: str, body: Json) -> Any:
        return self.call("POST", path, body)

    def call(self, method: str, path: str, body: Json | None = None) -> Any:
        answer = self._client.request(method, f"/repos/{self._repository}/{path}", json=body)
        answer.raise_for_status()
        return answer.json() if answer.content else None

    def head(self, branch: str) -> tuple[str, str]:
        """(SHA, first line of the message) of the branch's tip."""
        commit = self.get(f"commits/{branch}")
        return commit["sha"], commit["commit"]["message"].partition("\n")[0]

    def shown(self, sha: str) -> Shown:
        checks = self.get(f"commits/{sha}/check-runs", per_page=100)["check_runs"]
        deployments = self.get("deployments", sha=sha, per_page=100)
        statuses = {each["id"]: self._statuses(each["id"]) for each in deployments}
        return Shown(tuple(checks), tuple(deployments), statuses)

    def _statuses(self, deployment: int) -> tuple[Json, ...]:
        return tuple(self.get(f"deployments/{deployment}/statuses", per_page=100))

    def annotations(self, check_run: int) -> list[Json]:
        found: list[Json] = self.get(f"check-runs/{check_run}/annotations", per_page=100)
        return found
