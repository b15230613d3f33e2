"""GitHub as both ports see it, in memory: what a test pushes and checks is read, and what is reported is kept.

tests/contracts/test_github.py holds it to what the real adapter does against the stand-in.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from tests.fakes.commits import FakeCommit, FakeHistory, changed, tree_of
from tests.fakes.trouble import Troubles
from tidegate.facts import Changes, Check, Commit
from tidegate.repository import Repository
from worker.ports import Annotation, CheckOutput, DeploymentState, Refused

#: Ours, and the one that runs everybody's tests.
APP, CI_APP = 1, 15368
FIRST = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
COMPARED_FILES = 300


@dataclass
class FakeDeployment:
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


class FakeGitHub(Troubles):
    """Implements `GitHubReads` and `GitHubReports`. `deployments`, `check_runs` (by id) and `statuses` are what was
    reported; `missed` are the GUIDs of deliveries that the next sweep finds."""

    def __init__(self) -> None:
        super().__init__()
        self.deployments: dict[int, FakeDeployment] = {}
        self.check_runs: dict[int, FakeCheckRun] = {}
        self.statuses: list[FakeStatus] = []
        self.missed: list[str] = []
        self._ids = itertools.count(1001)
        self._repositories: dict[int, Repository] = {}
        self._histories: dict[int, FakeHistory] = {}
        self._checks: dict[tuple[int, str], list[Check]] = {}

    # The world, as a test makes it

    def add_repository(self, full_name: str = "octo/web", *, private: bool = True, branch: str = "main") -> Repository:
        owner, name = full_name.split("/")
        made = Repository(next(self._ids), 7, owner, name, branch, private)
        self._repositories[made.id] = made
        self._histories[made.id] = FakeHistory()
        return made

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

    def rename(self, repository: Repository, full_name: str) -> Repository:
        """The old name works on, as GitHub's redirects make it."""
        owner, name = full_name.split("/")
        renamed = self._repositories[repository.id] = replace(repository, owner=owner, name=name)
        return renamed

    def remove(self, repository: Repository) -> None:
        """Deleted, or taken out of the installation."""
        del self._repositories[repository.id]

    def files(self, repository: Repository, sha: str) -> Mapping[str, str] | None:
        """All files of the commit, as git would check it out; None where there is no such commit."""
        history = self._histories.get(repository.id)
        found = history.commits.get(sha) if history and repository.id in self._repositories else None
        return found.files if found else None

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

    def _show(self, repository: Repository, sha: str, run: Check) -> None:
        runs = self._checks.setdefault((repository.id, sha), [])
        runs[:] = [each for each in runs if (each.app_id, each.name) != (run.app_id, run.name)] + [run]

    # GitHubReads

    def commit(self, repository: Repository, sha: str) -> Commit:
        return self._call("commit", lambda: self._told(repository, sha))

    def _told(self, repository: Repository, sha: str) -> Commit:
        found = self._commit(repository, sha)
        return Commit(sha, tree_of(found.files), found.message, "octo")

    def deploy_file(self, repository: Repository, sha: str) -> str | None:
        return self._call("deploy_file", lambda: self._commit(repository, sha).files.get("tidegate.yml"))

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

    def branch_head(self, repository: Repository, branch: str) -> Commit | None:
        def read() -> Commit | None:
            tip = self._history(repository).branches.get(branch)
            return self._told(repository, tip) if tip else None

        return self._call("branch_head", read)

    def subtree(self, repository: Repository, tree: str, path: str) -> str | None:
        return self._call("subtree", lambda: self._history(repository).subtree(tree, path))

    def repositories(self) -> Sequence[Repository]:
        return self._call("repositories", lambda: list(self._repositories.values()))

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

    def _history(self, repository: Repository) -> FakeHistory:
        if repository.id not in self._repositories:
            raise Refused("GitHub has no such thing, or hides it from the App: Not Found.")
        return self._histories[repository.id]

    def _commit(self, repository: Repository, sha: str) -> FakeCommit:
        found = self._history(repository).commits.get(sha)
        if found is None:
            raise Refused(f"GitHub rejected the request: No commit found for SHA: {sha}.")
        return found

    # GitHubReports

    def create_deployment(
        self, repository: Repository, sha: str, environment: str, marker: str, *, production: bool, attempted: bool
    ) -> int:
        def create() -> int:
            self._commit(repository, sha)
            for known in self.deployments.values() if attempted else ():
                if (known.repository_id, known.sha, known.marker) == (repository.id, sha, marker):
                    return known.id
            made = FakeDeployment(next(self._ids), repository.id, sha, environment, marker, production)
            self.deployments[made.id] = made
            return made.id

        return self._call("create_deployment", create)

    def deployment_state(self, repository: Repository, deployment: int, state: DeploymentState) -> None:
        self._call("deployment_state", lambda: self.deployments[deployment].states.append(state))

    def write_check(
        self, repository: Repository, check_run: int | None, output: CheckOutput, marker: str, *, attempted: bool
    ) -> int:
        def write() -> int:
            self._commit(repository, output.sha)
            run = self.check_runs[check_run] if check_run else self._run(repository, marker, attempted=attempted)
            run.shown.append(output)
            run.annotations.extend(output.annotations[len(run.annotations) :])
            shown = Check(
                run.id, APP, output.name, output.status, output.conclusion, output.started_at, output.completed_at
            )
            self._show(repository, output.sha, shown)
            return run.id

        return self._call("write_check", write)

    def _run(self, repository: Repository, marker: str, *, attempted: bool) -> FakeCheckRun:
        for known in self.check_runs.values() if attempted else ():
            if (known.repository_id, known.marker) == (repository.id, marker):
                return known
        made = FakeCheckRun(next(self._ids), repository.id, marker)
        self.check_runs[made.id] = made
        return made

    def commit_status(
        self, repository: Repository, sha: str, context: str, state: str, description: str, target_url: str
    ) -> None:
        def write() -> None:
            self._commit(repository, sha)
            self.statuses.append(FakeStatus(repository.id, sha, context, state, description, target_url))

        self._call("commit_status", write)
