"""What we tell GitHub about a deployment. Each create can be asked for again: it looks for its marker first."""

from __future__ import annotations

from typing import Any

from tidegate.repository import Repository
from worker.github import checkrun, limits
from worker.github.client import PAGE, Client, scope_of
from worker.ports import CheckOutput, DeploymentState, Unavailable

#: Under this name our deployment id stands in the payload of GitHub's deployment.
MARKER = "tidegate"


class Reports:
    """The part of the port `GitHubReports` that tells of a commit's deployments.

    `app_id` tells our check runs from others' of the same name.
    """

    def __init__(self, client: Client, app_id: int) -> None:
        self._client = client
        self._app_id = app_id

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
        found = self._find_deployment(repository, sha, environment, marker) if attempted else None
        if found is not None:
            return found
        made = self._client.ask(
            scope_of(repository),
            lambda rest, headers: rest.repos.create_deployment(
                repository.owner,
                repository.name,
                ref=sha,
                environment=environment,
                # GitHub's defaults merge the default branch into ours, and refuse until every status is green.
                auto_merge=False,
                required_contexts=[],
                production_environment=production,
                transient_environment=not production,
                payload={MARKER: marker},
                description=limits.short(f"{environment} at {sha[:7]}", limits.DESCRIPTION),
                headers=headers,
            ),
            write=True,
            spare=spare,
        )
        if "id" not in made:  # 202: GitHub did something else first and asks to be asked again
            raise Unavailable(f"GitHub made no deployment: {made.get('message', 'no reason was given')}")
        return int(made["id"])

    def _find_deployment(self, repository: Repository, sha: str, environment: str, marker: str) -> int | None:
        # Our own tries are among the newest of this commit and environment: one page is enough.
        found = self._client.ask(
            scope_of(repository),
            lambda rest, headers: rest.repos.list_deployments(
                repository.owner, repository.name, sha=sha, environment=environment, per_page=PAGE, headers=headers
            ),
        )
        for deployment in found:
            payload: Any = deployment["payload"]
            if isinstance(payload, dict) and payload.get(MARKER) == marker:
                return deployment["id"]
        return None

    def deployment_state(
        self, repository: Repository, deployment: int, state: DeploymentState, *, spare: bool = False
    ) -> None:
        body: dict[str, Any] = {
            "state": state.state,
            "description": limits.short(state.description, limits.DESCRIPTION),
            "log_url": state.log_url,
            # We say ourselves which deployment was replaced; GitHub knows only some of them.
            "auto_inactive": False,
        }
        if state.environment_url is not None:
            body["environment_url"] = state.environment_url
        self._client.ask(
            scope_of(repository),
            lambda rest, headers: rest.repos.create_deployment_status(
                repository.owner, repository.name, deployment, headers=headers, **body
            ),
            write=True,
            spare=spare,
        )

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
        annotated = 0
        if check_run is None and attempted:
            check_run, annotated = self._find_check(repository, output, marker)
        elif check_run is not None and output.annotations:
            annotated = self._annotated(repository, check_run)
        first, more = checkrun.bodies(output, marker, annotated)
        if check_run is None:
            check_run = self._create_check(repository, output.sha, first, spare=spare)
        else:
            self._update_check(repository, check_run, first, spare=spare)
        for body in more:
            self._update_check(repository, check_run, body, spare=spare)
        return check_run

    def _find_check(self, repository: Repository, output: CheckOutput, marker: str) -> tuple[int | None, int]:
        """Our run with this marker, and how many annotations it has."""
        found = self._client.ask(
            scope_of(repository),
            lambda rest, headers: rest.checks.list_for_ref(
                repository.owner,
                repository.name,
                output.sha,
                check_name=output.name,
                app_id=self._app_id,
                filter_="all",
                per_page=PAGE,
                headers=headers,
            ),
        )
        for run in found["check_runs"]:
            if run["external_id"] == marker:
                return run["id"], run["output"]["annotations_count"]
        return None, 0

    def _annotated(self, repository: Repository, check_run: int) -> int:
        found = self._client.ask(
            scope_of(repository),
            lambda rest, headers: rest.checks.get(repository.owner, repository.name, check_run, headers=headers),
        )
        return found["output"]["annotations_count"]

    def _create_check(self, repository: Repository, sha: str, body: checkrun.Json, *, spare: bool) -> int:
        made = self._client.ask(
            scope_of(repository),
            lambda rest, headers: rest.checks.create(
                repository.owner, repository.name, head_sha=sha, headers=headers, **body
            ),
            write=True,
            spare=spare,
        )
        return made["id"]

    def _update_check(self, repository: Repository, check_run: int, body: checkrun.Json, *, spare: bool) -> None:
        self._client.ask(
            scope_of(repository),
            lambda rest, headers: rest.checks.update(
                repository.owner, repository.name, check_run, headers=headers, **body
            ),
            write=True,
            spare=spare,
        )

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
        body: dict[str, Any] = {
            "state": state,
            "context": context,
            "description": limits.short(description, limits.DESCRIPTION),
            "target_url": target_url,
        }
        self._client.ask(
            scope_of(repository),
            lambda rest, headers: rest.repos.create_commit_status(
                repository.owner, repository.name, sha, headers=headers, **body
            ),
            write=True,
            spare=spare,
        )
