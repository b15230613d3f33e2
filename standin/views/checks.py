"""Check suites, check runs and annotations in JSON."""

from standin.clock import node_id
from standin.records import Json, Pull, Repo, Run, Suite
from standin.views import apps, commits
from standin.views.repositories import api_url, repository, web_url
from standin.world import World


def pull_minimal(world: World, repo: Repo, pull: Pull) -> Json:
    """A pull-request-minimal."""

    def end(ref: str, sha: str, of: Repo) -> Json:
        return {"ref": ref, "sha": sha, "repo": {"id": of.id, "url": api_url(world, of), "name": of.name}}

    return {
        "id": pull.id,
        "number": pull.number,
        "url": f"{api_url(world, repo)}/pulls/{pull.number}",
        "head": end(pull.head_ref, pull.head_sha, pull.head_repo),
        "base": end(pull.base_ref, pull.base_sha, repo),
    }


def pulls_at(world: World, repo: Repo, sha: str) -> list[Json]:
    """Open pull requests of that head; pull requests from forks are never listed by checks."""
    own = [
        each for each in repo.pulls.values() if each.head_sha == sha and each.state == "open" and each.head_repo is repo
    ]
    return [pull_minimal(world, repo, each) for each in own]


def run(world: World, repo: Repo, shown: Run, *, for_hook: bool = False) -> Json:
    url = f"{api_url(world, repo)}/check-runs/{shown.id}"
    page = f"{web_url(world, repo)}/runs/{shown.id}"
    return {
        "id": shown.id,
        "name": shown.name,
        "node_id": node_id("CheckRun", shown.id),
        "head_sha": shown.suite.sha,
        "external_id": shown.external_id,
        "url": url,
        "html_url": page,
        "details_url": shown.details_url or page,
        "status": shown.status,
        "conclusion": shown.conclusion,
        "started_at": shown.started_at,
        "completed_at": shown.completed_at,
        "output": {
            "title": shown.title,
            "summary": shown.summary,
            "text": shown.text,
            "annotations_count": len(shown.annotations),
            "annotations_url": f"{url}/annotations",
        },
        "check_suite": suite_brief(world, repo, shown.suite) if for_hook else {"id": shown.suite.id},
        "app": apps.app(world, shown.app),
        "pull_requests": pulls_at(world, repo, shown.suite.sha),
    }


def annotation(world: World, repo: Repo, shown: Run, note: Json) -> Json:
    wanted = [
        "path",
        "start_line",
        "end_line",
        "start_column",
        "end_column",
        "annotation_level",
        "title",
        "message",
        "raw_details",
    ]
    blob = f"{web_url(world, repo)}/blob/{shown.suite.sha}/{note['path']}"
    return {**{name: note.get(name) for name in wanted}, "blob_href": blob}


def suite_brief(world: World, repo: Repo, shown: Suite) -> Json:
    """As `check_run` payloads have it."""
    return {
        "id": shown.id,
        "node_id": node_id("CheckSuite", shown.id),
        "head_branch": shown.branch,
        "head_sha": shown.sha,
        "status": shown.status,
        "conclusion": shown.conclusion,
        "url": f"{api_url(world, repo)}/check-suites/{shown.id}",
        "before": shown.before,
        "after": shown.after,
        "pull_requests": pulls_at(world, repo, shown.sha),
        "app": apps.app(world, shown.app),
        "created_at": shown.created_at,
        "updated_at": shown.updated_at,
    }


def suite_hook(world: World, repo: Repo, shown: Suite) -> Json:
    """As `check_suite` payloads have it."""
    made = repo.git.commit(shown.sha)
    assert made
    mine = {each.name for each in repo.runs_by_sha[shown.sha] if each.suite is shown}
    return {
        **suite_brief(world, repo, shown),
        "latest_check_runs_count": len(mine),
        "check_runs_url": f"{api_url(world, repo)}/check-suites/{shown.id}/check-runs",
        "head_commit": commits.head_commit(made),
        "rerequestable": True,
        "runs_rerequestable": True,
    }


def suite(world: World, repo: Repo, shown: Suite) -> Json:
    return {**suite_hook(world, repo, shown), "repository": repository(world, repo)}
