"""What is on the fake GitHub, and what a test does there as people and CI do."""

from __future__ import annotations

import itertools
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from uuid import uuid4

from tests.fakes.commits import FakeCommit, FakeHistory
from tests.fakes.pulls import FakeComment, FakePull, FakePulls
from tests.fakes.trouble import Troubles
from tidegate.facts import Check, PullRequest
from tidegate.permission import Permission
from tidegate.repository import Repository
from worker.ports import Annotation, CheckOutput, DeploymentState, Refused, Sent

#: Ours, and the one that runs everybody's tests.
APP, CI_APP = 1, 15368
FIRST = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


@dataclass
class FakeDeployment:
    """`marker` is "" where somebody else made it."""

    id: int
    repository_id: int
    sha: str
    environment: str
    marker: str
    production: bool
    states: list[DeploymentState] = field(default_factory=list)


@dataclass
class FakeCheckRun:
    """`shown` is every output that was written, `annotations` what they add up to."""

    id: int
    repository_id: int
    marker: str
    shown: list[CheckOutput] = field(default_factory=list)
    annotations: list[Annotation] = field(default_factory=list)

    @property
    def output(self) -> CheckOutput:
        return self.shown[-1]


@dataclass(frozen=True)
class FakeStatus:
    repository_id: int
    sha: str
    context: str
    state: str
    description: str
    target_url: str


class FakeWorld(Troubles):
    """`deployments`, `check_runs` (by id) and `commit_statuses` are what was reported; `missed` are the GUIDs of
    deliveries that the next sweep finds."""

    def __init__(self) -> None:
        super().__init__()
        self.deployments: dict[int, FakeDeployment] = {}
        self.check_runs: dict[int, FakeCheckRun] = {}
        self.commit_statuses: list[FakeStatus] = []
        self.comments: dict[int, FakeComment] = {}
        self.missed: list[str] = []
        self._ids = itertools.count(1001)
        self._repositories: dict[int, Repository] = {}
        self._unlisted: set[int] = set()
        self._histories: dict[int, FakeHistory] = {}
        self._tags: dict[tuple[int, str], str] = {}
        self._checks: dict[tuple[int, str], list[Check]] = {}
        self._pulls: dict[int, FakePulls] = {}
        self._forks: dict[tuple[int, str], int] = {}
        self._permissions: dict[tuple[int, str], Permission] = {}
        self._sent: list[tuple[Sent, bytes]] = []

    # Repositories

    def add_repository(self, full_name: str = "octo/web", *, private: bool = True, branch: str = "main") -> Repository:
        owner, name = full_name.split("/")
        made = Repository(next(self._ids), 7, owner, name, branch, private)
        self._repositories[made.id] = made
        self._histories[made.id] = history = FakeHistory()
        self._pulls[made.id] = FakePulls(history)
        self.permit(made, owner, Permission.ADMIN)
        return made

    def rename(self, repository: Repository, full_name: str) -> Repository:
        """The old name works on, as GitHub's redirects make it."""
        owner, name = full_name.split("/")
        renamed = self._repositories[repository.id] = replace(repository, owner=owner, name=name)
        return renamed

    def remove(self, repository: Repository) -> None:
        """Deleted, or taken out of the installation."""
        del self._repositories[repository.id]

    def restore(self, repository: Repository) -> None:
        """Given to the installation again, with all that it had."""
        self._repositories[repository.id] = repository

    def archive(self, repository: Repository) -> None:
        """Read-only, and in no list for the sweep."""
        self._unlisted.add(repository.id)

    def unarchive(self, repository: Repository) -> None:
        self._unlisted.discard(repository.id)

    def permit(self, repository: Repository, login: str, permission: Permission) -> None:
        self._permissions[repository.id, login.lower()] = permission

    # Commits

    def push(
        self,
        repository: Repository,
        files: Mapping[str, str | None] | None = None,
        message: str = "Change",
        branch: str = "",
        parent: str | None = None,
    ) -> str:
        """One commit on `branch` (the default one), by octo; its SHA. `parent` other than the tip is a force push."""
        history = self._histories[repository.id]
        tip = history.branches.get(branch) or history.branches.get(repository.default_branch)
        return history.commit(branch or repository.default_branch, files or {}, message, parent or tip)

    def set_branch(self, repository: Repository, branch: str, sha: str) -> None:
        self._histories[repository.id].branches[branch] = sha

    def delete_branch(self, repository: Repository, branch: str) -> None:
        del self._histories[repository.id].branches[branch]

    def tag(self, repository: Repository, name: str, sha: str) -> None:
        self._tags[repository.id, name] = sha

    def files(self, repository: Repository, sha: str) -> Mapping[str, str] | None:
        """All files of the commit, as git would check it out; None where there is no such commit."""
        history = self._histories.get(repository.id)
        found = history.commits.get(sha) if history and repository.id in self._repositories else None
        return found.files if found else None

    # CI and other tools

    def check(
        self,
        repository: Repository,
        sha: str,
        conclusion: str | None = "success",
        name: str = "test",
        app_id: int = CI_APP,
        at: datetime = FIRST,
    ) -> Check:
        """A run that replaces the one of this app and name, concluded `at`; running where `conclusion` is None."""
        status, ended = ("in_progress", None) if conclusion is None else ("completed", at)
        run = Check(next(self._ids), app_id, name, status, conclusion, FIRST, ended)
        self._show(repository, sha, run)
        return run

    def status(self, repository: Repository, sha: str, state: str = "success", context: str = "ci/old") -> None:
        """A commit status of somebody else's."""
        self.commit_statuses.append(FakeStatus(repository.id, sha, context, state, "", ""))

    def others_deployment(self, repository: Repository, sha: str, environment: str) -> int:
        """Made by somebody else: Actions, another tool, a script; its id."""
        made = FakeDeployment(next(self._ids), repository.id, sha, environment, "", production=True)
        self.deployments[made.id] = made
        return made.id

    def send(self, event: str, payload: bytes, at: datetime = FIRST, guid: str | None = None) -> str:
        """Into GitHub's list of deliveries, whether anybody is there to take it; the GUID. Again with the same one."""
        sent = Sent(next(self._ids), guid or str(uuid4()), event, at)
        self._sent.append((sent, payload))
        return sent.guid

    # Pull requests

    def open_pull(
        self,
        repository: Repository,
        files: Mapping[str, str | None] | None = None,
        *,
        branch: str = "feature",
        base: str | None = None,
        title: str = "Change",
        author: str = "octo",
        fork_of: str | None = None,
        draft: bool = False,
        labels: Collection[str] = (),
    ) -> PullRequest:
        """Opened with one commit on `branch`, made from `base` (the default branch). `fork_of`: whose fork has it."""
        history, pulls = self._histories[repository.id], self._pulls[repository.id]
        head = f"{fork_of}:{branch}" if fork_of else branch
        home = self._forks.setdefault((repository.id, fork_of), next(self._ids)) if fork_of else repository.id
        onto = base or repository.default_branch
        sha = history.commit(head, files or {}, title, history.branches.get(head) or history.branches[onto])
        number = pulls.next_number()
        pulls.open(FakePull(number, title, author, head, onto, sha, home, draft=draft, labels=set(labels)))
        return self.pull_now(repository, number)

    def push_pull(
        self, repository: Repository, number: int, files: Mapping[str, str | None] | None = None, message: str = "More"
    ) -> str:
        """One more commit on its head; its SHA."""
        return self.push(repository, files, message, self._pulls[repository.id][number].branch)

    def pull_now(self, repository: Repository, number: int) -> PullRequest:
        """As it is, told to the test and not counted as a call."""
        found = self._pulls[repository.id].told(number)
        assert found is not None, f"no pull request #{number}"
        return found

    def edit_pull(
        self,
        repository: Repository,
        number: int,
        *,
        title: str | None = None,
        base: str | None = None,
        draft: bool | None = None,
    ) -> None:
        pull = self._pulls[repository.id][number]
        pull.title, pull.base = title or pull.title, base or pull.base
        pull.draft = pull.draft if draft is None else draft

    def label(self, repository: Repository, number: int, *names: str) -> None:
        self._pulls[repository.id][number].labels.update(names)

    def unlabel(self, repository: Repository, number: int, *names: str) -> None:
        self._pulls[repository.id][number].labels.difference_update(names)

    def close_pull(self, repository: Repository, number: int, *, merged: bool = False) -> None:
        self._pulls[repository.id].close(number, merged=merged)

    def reopen_pull(self, repository: Repository, number: int) -> None:
        self._pulls[repository.id][number].open = True

    def lose_fork(self, repository: Repository, number: int) -> None:
        """The fork that it comes from is deleted; the pull request stays open."""
        pull = self._pulls[repository.id][number]
        pull.head_sha = self.pull_now(repository, number).head_sha
        pull.head_repository_id = None
        self._histories[repository.id].branches.pop(pull.branch, None)

    def comment(self, repository: Repository, number: int, body: str, author: str = "octo") -> int:
        """By a person; its id."""
        made = FakeComment(next(self._ids), repository.id, number, author, body)
        self.comments[made.id] = made
        return made.id

    def delete_comment(self, comment: int) -> None:
        del self.comments[comment]

    def comments_of(self, repository: Repository, number: int, *, ours: bool = True) -> Sequence[FakeComment]:
        """Oldest first: those that we wrote, or all."""
        return [
            each
            for each in self.comments.values()
            if (each.repository_id, each.number) == (repository.id, number) and (each.marker is not None or not ours)
        ]

    # What both halves of the port stand on

    def _show(self, repository: Repository, sha: str, run: Check) -> None:
        runs = self._checks.setdefault((repository.id, sha), [])
        runs[:] = [each for each in runs if (each.app_id, each.name) != (run.app_id, run.name)] + [run]

    def _history(self, repository: Repository) -> FakeHistory:
        if repository.id not in self._repositories:
            raise Refused("GitHub has no such thing, or hides it from the App: Not Found.")
        return self._histories[repository.id]

    def _commit(self, repository: Repository, sha: str) -> FakeCommit:
        found = self._history(repository).commits.get(sha)
        if found is None:
            raise Refused(f"GitHub rejected the request: No commit found for SHA: {sha}.")
        return found
