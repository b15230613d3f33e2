"""The fake GitHub's taking of what is reported to it."""

from __future__ import annotations

from tests.fakes.githubworld import APP, FakeCheckRun, FakeDeployment, FakeStatus, FakeWorld
from tests.fakes.pulls import FakeComment
from tidegate.facts import Check
from tidegate.repository import Repository
from worker.ports import CheckOutput, DeploymentState, Refused

REACTIONS = frozenset({"+1", "-1", "laugh", "confused", "heart", "hooray", "rocket", "eyes"})


class FakeReports(FakeWorld):
    """Implements `GitHubReports`."""

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
        def create() -> int:
            self._commit(repository, sha)
            for known in self.deployments.values() if attempted else ():
                if (known.repository_id, known.sha, known.marker) == (repository.id, sha, marker):
                    return known.id
            made = FakeDeployment(next(self._ids), repository.id, sha, environment, marker, production)
            self.deployments[made.id] = made
            return made.id

        return self._call("create_deployment", create, spare=spare)

    def deployment_state(
        self, repository: Repository, deployment: int, state: DeploymentState, *, spare: bool = False
    ) -> None:
        self._call("deployment_state", lambda: self.deployments[deployment].states.append(state), spare=spare)

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

        return self._call("write_check", write, spare=spare)

    def _run(self, repository: Repository, marker: str, *, attempted: bool) -> FakeCheckRun:
        for known in self.check_runs.values() if attempted else ():
            if (known.repository_id, known.marker) == (repository.id, marker):
                return known
        made = FakeCheckRun(next(self._ids), repository.id, marker)
        self.check_runs[made.id] = made
        return made

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
        def write() -> int:
            self._history(repository)
            if self._pulls[repository.id].told(number) is None:
                raise Refused("GitHub has no such thing, or hides it from the App: Not Found.")
            shown = self.comments.get(comment) if comment else None
            if shown is None and (attempted or comment):
                shown = self._marked(repository, number, marker)
            if shown is None:
                shown = FakeComment(next(self._ids), repository.id, number, "tidegate[bot]", body, marker)
                self.comments[shown.id] = shown
            shown.body = body
            return shown.id

        return self._call("write_comment", write, spare=spare)

    def _marked(self, repository: Repository, number: int, marker: str) -> FakeComment | None:
        found = (each for each in self.comments_of(repository, number) if each.marker == marker)
        return next(found, None)

    def react(self, repository: Repository, comment: int, content: str) -> None:
        def write() -> None:
            self._history(repository)
            found = self.comments.get(comment)
            if found is None or content not in REACTIONS:
                raise Refused("GitHub has no such thing, or hides it from the App: Not Found.")
            if content not in found.reactions:
                found.reactions.append(content)

        self._call("react", write)

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
    ) -> None:
        def write() -> None:
            self._commit(repository, sha)
            self.commit_statuses.append(FakeStatus(repository.id, sha, context, state, description, target_url))

        self._call("commit_status", write, spare=spare)
