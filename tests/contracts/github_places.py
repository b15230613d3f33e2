"""The stand-in, asked through the real adapter, as the stories of the contract use it."""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from standin.client import StandIn
from tests.contracts.github_place import Files
from tests.standin.github import GitHub as Viewer
from tidegate.github import GitHub as Settings
from tidegate.permission import Permission
from worker.github.app import GitHub

_numbers = itertools.count(1)


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
    "write_comment": ("POST", r"/issues/\d+/comments$"),
    "pull": ("GET", r"/pulls/\d+$"),
    "permission": ("GET", "/permission$"),
}


def _seen(body: str) -> str:
    """A comment without what hides in it."""
    return re.sub("<!--.*?-->", "", body, flags=re.DOTALL).rstrip()


class StandInPlace:
    def __init__(self, control: StandIn, credentials: Mapping[str, Any]) -> None:
        self.control = control
        self.credentials = credentials
        self.tokens = MemoryTokens()
        self.github = GitHub(settings_of(credentials), self.tokens, RealClock())
        self.full_name = f"octo/place-{next(_numbers)}"
        self._viewer = self.viewer(credentials, credentials["user"]["token"])
        self._heads: dict[int, tuple[str, str]] = {}
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

    def status(self, sha: str, context: str, state: str) -> None:
        self._viewer.post(f"/repos/{self.full_name}/statuses/{sha}", {"state": state, "context": context})

    def tag(self, name: str, sha: str) -> None:
        self._viewer.post(f"/repos/{self.full_name}/git/refs", {"ref": f"refs/tags/{name}", "sha": sha})

    def open_pull(self, branch: str, title: str = "Change", *, fork_of: str | None = None, draft: bool = False) -> int:
        home = f"{fork_of}/{self.repository.name}" if fork_of else self.full_name
        if fork_of:
            self.control.create_repo(home, fork_of=self.full_name, apps=[])
        self.control.commit(home, {branch.replace("/", "-"): "1"}, title, branch)
        asked = {"title": title, "head": f"{fork_of}:{branch}" if fork_of else branch, "base": "main", "draft": draft}
        number = int(self._viewer.post(f"/repos/{self.full_name}/pulls", asked).body["number"])
        self._heads[number] = (home, branch)
        return number

    def push_pull(self, number: int) -> str:
        home, branch = self._heads[number]
        return self.control.commit(home, {"more": str(number)}, "More", branch)

    def label(self, number: int, name: str, *, on: bool = True) -> None:
        path = f"/repos/{self.full_name}/issues/{number}/labels"
        reply = self._viewer.post(path, {"labels": [name]}) if on else self._viewer.delete(f"{path}/{name}")
        assert reply.status == 200

    def retitle(self, number: int, title: str) -> None:
        self._change_pull(number, title=title)

    def close_pull(self, number: int, *, merged: bool = False) -> None:
        if merged:
            assert self._viewer.put(f"/repos/{self.full_name}/pulls/{number}/merge", {}).status == 200
        else:
            self._change_pull(number, state="closed")

    def reopen_pull(self, number: int) -> None:
        self._change_pull(number, state="open")

    def _change_pull(self, number: int, **changes: str) -> None:
        assert self._viewer.patch(f"/repos/{self.full_name}/pulls/{number}", changes).status == 200

    def comment(self, number: int, body: str) -> int:
        return int(self._viewer.post(f"/repos/{self.full_name}/issues/{number}/comments", {"body": body}).body["id"])

    def delete_comment(self, comment: int) -> None:
        assert self._viewer.delete(f"/repos/{self.full_name}/issues/comments/{comment}").status == 204

    def comments(self, number: int) -> Sequence[tuple[int, str, str]]:
        found = self._viewer.get(f"/repos/{self.full_name}/issues/{number}/comments", per_page=100).body
        return [(each["id"], each["user"]["login"], _seen(each["body"])) for each in found]

    def reactions(self, comment: int) -> Sequence[str]:
        found = self._viewer.get(f"/repos/{self.full_name}/issues/comments/{comment}/reactions").body
        return [each["content"] for each in found]

    def permit(self, login: str, permission: Permission) -> None:
        self.control.set_permission(self.full_name, login, permission.name.lower())

    def archive(self) -> None:
        self.control.change_repo(self.full_name, archived=True)

    def settle(self) -> None:
        assert self.control.wait_idle()

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
