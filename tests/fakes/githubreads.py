"""The fake GitHub's answers to what is asked of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from tests.fakes.commits import FakeHistory, changed, tree_of
from tests.fakes.githubworld import FIRST, FakeStatus, FakeWorld
from tidegate.facts import Changes, Check, Commit, PullRequest
from tidegate.permission import Permission
from tidegate.repository import Repository
from worker.ports import Refused, Sent

COMPARED_FILES = 300
SHORTEST_SHA = 4


class FakeReads(FakeWorld):
    """Implements `GitHubReads`."""

    def commit(self, repository: Repository, sha: str) -> Commit:
        return self._call("commit", lambda: self._told(repository, sha))

    def _told(self, repository: Repository, sha: str) -> Commit:
        found = self._commit(repository, sha)
        return Commit(sha, tree_of(found.files), found.message, "octo")

    def deploy_file(self, repository: Repository, sha: str) -> str | None:
        return self._call("deploy_file", lambda: self._commit(repository, sha).files.get("tidegate.yml"))

    def file(self, repository: Repository, sha: str, path: str) -> str | None:
        return self._call("file", lambda: self._commit(repository, sha).files.get(path))

    def paths(self, repository: Repository, sha: str) -> frozenset[str]:
        return self._call("paths", lambda: frozenset(self._commit(repository, sha).files))

    def changes(self, repository: Repository, base: str, head: str) -> Changes:
        return self._call("changes", lambda: self._compared(self._history(repository), base, head))

    def _compared(self, history: FakeHistory, base: str, head: str) -> Changes:
        if base not in history.commits or head not in history.commits:
            return Changes(frozenset(), f"GitHub cannot compare {base[:7]} with {head[:7]}: Not Found.")
        if base not in history.ancestors(head):
            return Changes(frozenset(), f"{head[:7]} does not follow {base[:7]} (a force push, or a step back)")
        paths = changed(history.commits[base].files, history.commits[head].files)
        return Changes(paths, "GitHub lists no more than 300 changed files" if len(paths) >= COMPARED_FILES else None)

    def checks(self, repository: Repository, sha: str) -> Sequence[Check]:
        def read() -> Sequence[Check]:
            self._commit(repository, sha)
            return list(self._checks.get((repository.id, sha), ()))

        return self._call("checks", read)

    def statuses(self, repository: Repository, sha: str) -> Sequence[Check]:
        def read() -> Sequence[Check]:
            self._commit(repository, sha)
            of_commit = [
                each for each in self.commit_statuses if (each.repository_id, each.sha) == (repository.id, sha)
            ]
            newest = {each.context.lower(): (number, each) for number, each in enumerate(of_commit)}
            return [_as_check(number, each) for number, each in newest.values()]

        return self._call("statuses", read)

    def resolve(self, repository: Repository, ref: str) -> Commit | None:
        def read() -> Commit | None:
            history = self._history(repository)
            named = history.branches.get(ref) or self._tags.get((repository.id, ref))
            shas = [sha for sha in history.commits if len(ref) >= SHORTEST_SHA and sha.startswith(ref)]
            found = named or (shas[0] if len(shas) == 1 else None)
            return self._told(repository, found) if found and ":" not in ref else None

        return self._call("resolve", read)

    def holds(self, repository: Repository, sha: str) -> bool:
        def read() -> bool:
            history = self._history(repository)
            own = [tip for name, tip in history.branches.items() if ":" not in name]
            tags = [tip for (number, _), tip in self._tags.items() if number == repository.id]
            return any(sha in history.ancestors(tip) for tip in (*own, *tags))

        return self._call("holds", read)

    def pull(self, repository: Repository, number: int, *, spare: bool = False) -> PullRequest | None:
        def read() -> PullRequest | None:
            self._history(repository)
            return self._pulls[repository.id].told(number)

        return self._call("pull", read, spare=spare)

    def open_pulls(self, repository: Repository) -> Sequence[PullRequest]:
        def read() -> Sequence[PullRequest]:
            self._history(repository)
            return self._pulls[repository.id].opened()

        return self._call("open_pulls", read, spare=True)

    def permission(self, repository: Repository, login: str) -> Permission:
        def read() -> Permission:
            self._history(repository)
            return self._permissions.get((repository.id, login.lower()), Permission.NONE)

        return self._call("permission", read)

    def branch_head(self, repository: Repository, branch: str, *, spare: bool = False) -> Commit | None:
        def read() -> Commit | None:
            tip = self._history(repository).branches.get(branch)
            return self._told(repository, tip) if tip else None

        return self._call("branch_head", read, spare=spare)

    def subtree(self, repository: Repository, tree: str, path: str) -> str | None:
        return self._call("subtree", lambda: self._history(repository).subtree(tree, path))

    def repositories(self) -> Sequence[Repository]:
        def read() -> Sequence[Repository]:
            return [each for each in self._repositories.values() if each.id not in self._unlisted]

        return self._call("repositories", read, spare=True)

    def clone_url(self, repository: Repository, rejected: str | None = None) -> tuple[str, str]:
        def read() -> tuple[str, str]:
            self._history(repository)
            return f"http://github.test/{repository.full_name}.git", "ghs_fake"

        return self._call("clone_url", read)

    def missed_deliveries(self, since: datetime) -> Sequence[str]:
        def read() -> Sequence[str]:
            missed, self.missed = self.missed, []
            return missed

        return self._call("missed_deliveries", read)

    def deliveries(self, since: datetime) -> Sequence[Sent]:
        def read() -> Sequence[Sent]:
            first: dict[str, Sent] = {}
            for sent, _ in sorted(self._sent, key=lambda each: (each[0].at, each[0].id)):
                if sent.at >= since:
                    first.setdefault(sent.guid, sent)
            return list(first.values())

        return self._call("deliveries", read)

    def payload(self, delivery: int) -> bytes:
        def read() -> bytes:
            for sent, payload in self._sent:
                if sent.id == delivery:
                    return payload
            raise Refused("GitHub has no such thing, or hides it from the App: Not Found.")

        return self._call("payload", read)


def _as_check(number: int, status: FakeStatus) -> Check:
    if status.state == "pending":
        return Check(number, None, status.context, "pending", None, FIRST, None)
    conclusion = "success" if status.state == "success" else "failure"
    return Check(number, None, status.context, "completed", conclusion, FIRST, FIRST)
