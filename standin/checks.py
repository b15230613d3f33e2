"""Check suites and check runs: made, changed, asked for again; and the events of each."""

from __future__ import annotations

from standin import hooks
from standin.checkrules import check_body, verdict
from standin.clock import stamp
from standin.git import ZERO
from standin.records import App, Json, Repo, Run, Suite, User
from standin.refusals import Refusal, invalid
from standin.views import checks as views
from standin.world import World


def open_suites(world: World, repo: Repo, sha: str, branch: str | None, before: str, sender: User) -> None:
    """What a push does: an empty queued suite for each App with checks:write, and `requested` to that App."""
    for installation in world.installations_on(repo):
        if installation.permissions.get("checks") == "write" and installation.suspended_at is None:
            known = len(repo.suites)
            suite = suite_of(world, repo, installation.app, sha, branch, before)
            if len(repo.suites) > known:
                _tell_suite(world, repo, suite, "requested", sender, only=True)


def suite_of(world: World, repo: Repo, app: App, sha: str, branch: str | None = None, before: str = ZERO) -> Suite:
    """The App's suite of that commit, made if there is none."""
    for known in repo.suites.values():
        if known.app is app and known.sha == sha:
            return known
    branch = branch or next(iter(repo.git.branches_at(sha)), None)
    suite = Suite(world.next_id(), app, sha, branch, before, sha)
    repo.suites[suite.id] = suite
    return suite


def create(world: World, repo: Repo, app: App, body: Json) -> Run:
    check_body(body, creating=True)
    sha = body["head_sha"]
    if repo.git.commit(sha) is None:
        raise invalid("CheckRun", "head_sha", "custom", f"No commit found for SHA: {sha}")
    run = Run(world.next_id(), suite_of(world, repo, app, sha), body["name"], started_at=stamp())
    repo.runs[run.id] = run
    repo.runs_by_sha[sha].append(run)
    _write(run, body)
    _tell_run(world, repo, run, "created", app.bot)
    _after_change(world, repo, run, "queued")
    return run


def update(world: World, repo: Repo, app: App, run: Run, body: Json) -> Run:
    if run.app is not app:
        raise Refusal(
            403, f"Invalid app_id `{app.id}` - check run can only be modified by the GitHub App that created it."
        )
    check_body(body, creating=False)
    before = run.status
    _write(run, body)
    _after_change(world, repo, run, before)
    return run


def rerequest_run(world: World, repo: Repo, run: Run, sender: User) -> None:
    """Ask the App that made it to run it again. The run itself stays as it is, until its App changes it."""
    _tell_run(world, repo, run, "rerequested", sender)


def rerequest_suite(world: World, repo: Repo, suite: Suite, sender: User) -> None:
    suite.status, suite.conclusion, suite.updated_at = "queued", None, stamp()
    _tell_suite(world, repo, suite, "rerequested", sender, only=True)


def request_action(world: World, repo: Repo, run: Run, identifier: str, sender: User) -> None:
    """A person pressed one of the run's buttons."""
    if run.status != "completed" or identifier not in {action["identifier"] for action in run.actions}:
        raise Refusal(422, f"The check run has no action `{identifier}` now.")
    extra = {"requested_action": {"identifier": identifier}}
    _tell_run(world, repo, run, "requested_action", sender, extra)


def _write(run: Run, body: Json) -> None:
    for name in ("name", "external_id", "details_url", "started_at"):
        if body.get(name) is not None:
            setattr(run, name, body[name])
    if body.get("actions") is not None:
        run.actions = body["actions"]
    output = body.get("output") or {}
    for name in ("title", "summary", "text"):
        if name in output:
            setattr(run, name, output[name])
    run.annotations.extend(output.get("annotations") or [])
    _write_status(run, body)


def _write_status(run: Run, body: Json) -> None:
    """A conclusion completes the run; any other status takes the conclusion away."""
    if body.get("conclusion") is not None:
        run.status, run.conclusion = "completed", body["conclusion"]
        run.completed_at = body.get("completed_at") or stamp()
    elif body.get("status") is not None:
        run.status, run.conclusion, run.completed_at = body["status"], None, None


def _after_change(world: World, repo: Repo, run: Run, before: str) -> None:
    suite = run.suite
    was = suite.status
    mine = [each for each in repo.runs_by_sha[suite.sha] if each.suite is suite]
    suite.status, suite.conclusion = verdict(mine)
    suite.updated_at = stamp()
    if run.status == "completed" and before != "completed":
        _tell_run(world, repo, run, "completed", run.app.bot)
        if suite.status == "completed" and was != "completed":
            _tell_suite(world, repo, suite, "completed", run.app.bot, only=False)


def _tell_run(world: World, repo: Repo, run: Run, action: str, sender: User, extra: Json | None = None) -> None:
    payload = {"action": action, "check_run": views.run(world, repo, run, for_hook=True), **(extra or {})}
    addressed = action in {"rerequested", "requested_action"}
    hooks.emit(world, "check_run", repo, payload, sender, run.app if addressed else None)


def _tell_suite(world: World, repo: Repo, suite: Suite, action: str, sender: User, *, only: bool) -> None:
    payload = {"action": action, "check_suite": views.suite_hook(world, repo, suite)}
    hooks.emit(world, "check_suite", repo, payload, sender, suite.app if only else None)
