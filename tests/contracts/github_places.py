"""Two GitHubs to judge by the same stories: the fake, and the stand-in asked through the real adapter."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Protocol

from standin.client import StandIn
from tests.fakes.github import FakeGitHub
from tests.standin.github import GitHub as Viewer
from tidegate.repository import Repository
from tidegate.settings import GitHub as Settings
from worker.github.app import GitHub
from worker.ports import GitHubReads, GitHubReports

Files = Mapping[str, str | None]
_numbers = itertools.count(1)


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


class FakePlace:
    def __init__(self) -> None:
        self.github = FakeGitHub()
        self.repository = self.github.add_repository()

    def push(self, files: Files, message: str = "Change", branch: str = "main") -> str:
        return self.github.push(self.repository, files, message, branch)

    def check(self, sha: str, name: str, conclusion: str | None) -> None:
        self.github.check(self.repository, sha, conclusion, name)

    def delete(self) -> None:
        self.github.remove(self.repository)

    def rename(self, name: str) -> None:
        self.github.rename(self.repository, f"octo/{name}")

    def lose_answer(self, method: str) -> None:
        self.github.down(times=1, method=method, after=True)

    def fail(self, method: str) -> None:
        self.github.down(times=1, method=method)

    def limit(self, method: str, retry_after: int) -> None:
        self.github.limited(retry_after, times=1, method=method)

    def deployments(self) -> Sequence[tuple[str, str, list[str]]]:
        return [
            (each.environment, each.marker, [state.state for state in each.states])
            for each in self.github.deployments.values()
        ]

    def runs(self, sha: str) -> Sequence[tuple[str, str, str | None, int]]:
        return [
            (run.output.name, run.marker, run.output.conclusion, len(run.annotations))
            for run in self.github.check_runs.values()
            if run.output.sha == sha
        ]

    def statuses(self, sha: str) -> Sequence[tuple[str, str]]:
        return [(each.context, each.state) for each in self.github.commit_statuses if each.sha == sha]


class RealClock:
    def now(self) -> datetime:
        return datetime.now(UTC)

    def sleep(self, seconds: float) -> None:
        raise AssertionError("the adapter never sleeps")


class MemoryTokens:
    """As the store's, for one process."""

    def __init__(self) -> None:
        self.kept: dict[str, tuple[str, datetime]] = {}

    def get(self, key: str, at: datetime) -> str | None:
        token, expires_at = self.kept.get(key, ("", at))
        return token if expires_at > at else None

    def put(self, key: str, token: str, expires_at: datetime) -> None:
        self.kept[key] = (token, expires_at)


def settings_of(credentials: Mapping[str, Any]) -> Settings:
    app = credentials["app"]
    return Settings(
        api_url=credentials["api_url"],
        web_url=credentials["web_url"],
        app_id=app["id"],
        private_key=app["private_key"],
        webhook_secret=app["webhook_secret"],
        client_id=app["client_id"],
        client_secret=app["client_secret"],
    )


#: Which requests of the adapter do a port's method's work: method and path.
REQUESTS = {
    "commit": ("GET", r"/commits/\w+$"),
    "checks": ("GET", "/check-runs$"),
    "create_deployment": ("POST", "/deployments$"),
    "write_check": ("POST", "/check-runs$"),
    "commit_status": ("POST", r"/statuses/\w+$"),
}


class StandInPlace:
    def __init__(self, control: StandIn, credentials: Mapping[str, Any]) -> None:
        self.control = control
        self.credentials = credentials
        self.tokens = MemoryTokens()
        self.github = GitHub(settings_of(credentials), self.tokens, RealClock())
        self.full_name = f"octo/place-{next(_numbers)}"
        self._viewer = self.viewer(credentials, credentials["user"]["token"])
        control.create_repo(self.full_name, private=True, ci={"mode": "manual", "names": []})
        found = [each for each in self.github.repositories() if each.full_name == self.full_name]
        self.repository = found[0]

    @staticmethod
    def viewer(credentials: Mapping[str, Any], token: str) -> Viewer:
        """Somebody who looks at GitHub without the product, by any token."""
        return Viewer(credentials["api_url"], token)

    def push(self, files: Files, message: str = "Change", branch: str = "main") -> str:
        return self.control.commit(self.full_name, dict(files), message, branch)

    def check(self, sha: str, name: str, conclusion: str | None) -> None:
        self.control.call("POST", f"/repos/{self.full_name}/ci/start", {"sha": sha, "names": [name]})
        if conclusion is not None:
            self.control.conclude(self.full_name, sha, conclusion, name)

    def delete(self) -> None:
        self.control.delete_repo(self.full_name)

    def rename(self, name: str) -> None:
        self.control.change_repo(self.full_name, name=name)
        self.full_name = f"octo/{name}"

    def lose_answer(self, method: str) -> None:
        self._fault(method, "status", status=502, after=True)

    def fail(self, method: str) -> None:
        self._fault(method, "status", status=503)

    def limit(self, method: str, retry_after: int) -> None:
        self._fault(method, "secondary", retry_after=retry_after)

    def _fault(self, method: str, kind: str, **details: Any) -> None:
        verb, path = REQUESTS[method]
        self.control.fault(kind, method=verb, path=path, **details)

    def deployments(self) -> Sequence[tuple[str, str, list[str]]]:
        found = self._viewer.get(f"/repos/{self.full_name}/deployments").body
        return [
            (each["environment"], each["payload"]["tidegate"], self._states(each["id"])) for each in reversed(found)
        ]

    def _states(self, deployment: int) -> list[str]:
        found = self._viewer.get(f"/repos/{self.full_name}/deployments/{deployment}/statuses").body
        return [each["state"] for each in reversed(found)]

    def runs(self, sha: str) -> Sequence[tuple[str, str, str | None, int]]:
        found = self._viewer.get(f"/repos/{self.full_name}/commits/{sha}/check-runs", filter="all").body
        return [
            (run["name"], run["external_id"], run["conclusion"], run["output"]["annotations_count"])
            for run in found["check_runs"]
            if run["app"]["slug"] == "tidegate"
        ]

    def statuses(self, sha: str) -> Sequence[tuple[str, str]]:
        found = self._viewer.get(f"/repos/{self.full_name}/commits/{sha}/statuses").body
        return [(each["context"], each["state"]) for each in reversed(found)]
