"""The fake GitHub, as the stories of the contract use it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime

from tests.contracts.github_place import OWNER, Files
from tests.fakes.github import FakeGitHub
from tidegate.permission import Permission


class FakePlace:
    def __init__(self) -> None:
        self.github = FakeGitHub()
        self.repository = self.github.add_repository()

    def push(self, files: Files, message: str = "Change", branch: str = "main") -> str:
        sha = self.github.push(self.repository, files, message, branch)
        told = {"ref": f"refs/heads/{branch}", "after": sha, "repository": {"id": self.repository.id}}
        self.github.send("push", json.dumps(told).encode(), datetime.now(UTC))
        return sha

    def check(self, sha: str, name: str, conclusion: str | None) -> None:
        self.github.check(self.repository, sha, conclusion, name)

    def status(self, sha: str, context: str, state: str) -> None:
        self.github.status(self.repository, sha, state, context)

    def tag(self, name: str, sha: str) -> None:
        self.github.tag(self.repository, name, sha)

    def open_pull(self, branch: str, title: str = "Change", *, fork_of: str | None = None, draft: bool = False) -> int:
        files = {branch.replace("/", "-"): "1"}
        made = self.github.open_pull(
            self.repository, files, branch=branch, title=title, author=OWNER, fork_of=fork_of, draft=draft
        )
        return made.number

    def push_pull(self, number: int) -> str:
        return self.github.push_pull(self.repository, number, {"more": str(number)})

    def label(self, number: int, name: str, *, on: bool = True) -> None:
        (self.github.label if on else self.github.unlabel)(self.repository, number, name)

    def retitle(self, number: int, title: str) -> None:
        self.github.edit_pull(self.repository, number, title=title)

    def close_pull(self, number: int, *, merged: bool = False) -> None:
        self.github.close_pull(self.repository, number, merged=merged)

    def reopen_pull(self, number: int) -> None:
        self.github.reopen_pull(self.repository, number)

    def comment(self, number: int, body: str) -> int:
        return self.github.comment(self.repository, number, body, OWNER)

    def delete_comment(self, comment: int) -> None:
        self.github.delete_comment(comment)

    def comments(self, number: int) -> Sequence[tuple[int, str, str]]:
        found = self.github.comments_of(self.repository, number, ours=False)
        return [(each.id, each.author, each.body) for each in found]

    def reactions(self, comment: int) -> Sequence[str]:
        return self.github.comments[comment].reactions

    def permit(self, login: str, permission: Permission) -> None:
        self.github.permit(self.repository, login, permission)

    def archive(self) -> None:
        self.github.archive(self.repository)

    def settle(self) -> None:
        """Nothing is on its way."""

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
