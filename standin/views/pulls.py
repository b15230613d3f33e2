"""Pull requests, their issue side, comments, labels and reactions in JSON."""

from standin.clock import node_id
from standin.records import Comment, Json, Label, Pull, Reaction, Repo, User
from standin.views import apps
from standin.views.repositories import api_url, repository, web_url
from standin.views.users import user
from standin.world import World

REACTIONS = ["+1", "-1", "laugh", "confused", "heart", "hooray", "rocket", "eyes"]


def association(repo: Repo, who: User) -> str:
    if who.id == repo.owner.id:
        return "OWNER"
    return "COLLABORATOR" if who.login.lower() in repo.collaborators else "NONE"


def label(world: World, repo: Repo, shown: Label) -> Json:
    return {
        "id": shown.id,
        "node_id": node_id("Label", shown.id),
        "url": f"{api_url(world, repo)}/labels/{shown.name}",
        "name": shown.name,
        "color": shown.color,
        "default": shown.name in {"bug", "documentation", "enhancement"},
        "description": shown.description,
    }


def _end(world: World, repo: Repo, ref: str, sha: str) -> Json:
    owner = repo.owner
    return {
        "label": f"{owner.login}:{ref}",
        "ref": ref,
        "sha": sha,
        "user": user(world, owner),
        "repo": repository(world, repo),
    }


def _links(world: World, repo: Repo, pull: Pull) -> dict[str, str]:
    url, web = api_url(world, repo), f"{web_url(world, repo)}/pull/{pull.number}"
    return {
        "url": f"{url}/pulls/{pull.number}",
        "html_url": web,
        "diff_url": f"{web}.diff",
        "patch_url": f"{web}.patch",
        "issue_url": f"{url}/issues/{pull.number}",
        "commits_url": f"{url}/pulls/{pull.number}/commits",
        "review_comments_url": f"{url}/pulls/{pull.number}/comments",
        "review_comment_url": f"{url}/pulls/comments{{/number}}",
        "comments_url": f"{url}/issues/{pull.number}/comments",
        "statuses_url": f"{url}/statuses/{pull.head_sha}",
    }


def simple(world: World, repo: Repo, pull: Pull) -> Json:
    """A pull-request-simple, as lists have it."""
    links = _links(world, repo, pull)
    related = {name.removesuffix("_url"): {"href": target} for name, target in links.items() if name.endswith("_url")}
    return {
        **links,
        "id": pull.id,
        "node_id": node_id("PullRequest", pull.id),
        "number": pull.number,
        "state": pull.state,
        "locked": False,
        "active_lock_reason": None,
        "title": pull.title,
        "user": user(world, pull.user),
        "body": pull.body,
        "labels": [label(world, repo, each) for each in pull.labels],
        "milestone": None,
        "created_at": pull.created_at,
        "updated_at": pull.updated_at,
        "closed_at": pull.closed_at,
        "merged_at": pull.merged_at,
        "merge_commit_sha": pull.merge_sha,
        "assignee": None,
        "assignees": [],
        "requested_reviewers": [],
        "requested_teams": [],
        "head": _end(world, pull.head_repo, pull.head_ref, pull.head_sha),
        "base": _end(world, repo, pull.base_ref, pull.base_sha),
        "_links": {
            **{
                name: related[name]
                for name in ("html", "issue", "comments", "review_comments", "review_comment", "commits")
            },
            "statuses": related["statuses"],
            "self": {"href": links["url"]},
        },
        "author_association": association(repo, pull.user),
        "auto_merge": None,
        "draft": pull.draft,
    }


def full(world: World, repo: Repo, pull: Pull) -> Json:
    """A pull-request, with its numbers."""
    start = repo.git.merge_base(pull.base_sha, pull.head_sha) or pull.base_sha
    changes = repo.git.changes(start, pull.head_sha)
    merged = pull.merged_at is not None
    return {
        **simple(world, repo, pull),
        "merged": merged,
        "mergeable": None if pull.state == "closed" else True,
        "rebaseable": None if pull.state == "closed" else True,
        "mergeable_state": "unknown" if pull.state == "closed" else "clean",
        "merged_by": user(world, pull.merged_by) if pull.merged_by else None,
        "comments": sum(1 for each in repo.comments.values() if each.number == pull.number),
        "review_comments": 0,
        "maintainer_can_modify": False,
        "commits": repo.git.between(pull.base_sha, pull.head_sha)[1],
        "additions": sum(each.additions for each in changes),
        "deletions": sum(each.deletions for each in changes),
        "changed_files": len(changes),
    }


def issue(world: World, repo: Repo, pull: Pull) -> Json:
    """The same pull request as an issue; `issue_comment` payloads carry it so."""
    url = f"{api_url(world, repo)}/issues/{pull.number}"
    links = _links(world, repo, pull)
    return {
        "id": pull.id,
        "node_id": node_id("Issue", pull.id),
        "number": pull.number,
        "url": url,
        "repository_url": api_url(world, repo),
        "labels_url": f"{url}/labels{{/name}}",
        "comments_url": f"{url}/comments",
        "events_url": f"{url}/events",
        "html_url": links["html_url"],
        "timeline_url": f"{url}/timeline",
        "title": pull.title,
        "user": user(world, pull.user),
        "labels": [label(world, repo, each) for each in pull.labels],
        "state": pull.state,
        "state_reason": None,
        "locked": False,
        "active_lock_reason": None,
        "assignee": None,
        "assignees": [],
        "milestone": None,
        "comments": sum(1 for each in repo.comments.values() if each.number == pull.number),
        "created_at": pull.created_at,
        "updated_at": pull.updated_at,
        "closed_at": pull.closed_at,
        "author_association": association(repo, pull.user),
        "draft": pull.draft,
        "body": pull.body,
        "reactions": rollup(f"{url}/reactions", []),
        "performed_via_github_app": None,
        "pull_request": {
            **{name: links[name] for name in ("url", "html_url", "diff_url", "patch_url")},
            "merged_at": pull.merged_at,
        },
    }


def rollup(url: str, reactions: list[Reaction]) -> Json:
    counts = {name: sum(1 for each in reactions if each.content == name) for name in REACTIONS}
    return {"url": url, "total_count": len(reactions), **counts}


def comment(world: World, repo: Repo, shown: Comment) -> Json:
    url = f"{api_url(world, repo)}/issues/comments/{shown.id}"
    return {
        "id": shown.id,
        "node_id": node_id("IssueComment", shown.id),
        "url": url,
        "html_url": f"{web_url(world, repo)}/pull/{shown.number}#issuecomment-{shown.id}",
        "issue_url": f"{api_url(world, repo)}/issues/{shown.number}",
        "user": user(world, shown.user),
        "body": shown.body,
        "created_at": shown.created_at,
        "updated_at": shown.updated_at,
        "author_association": association(repo, shown.user),
        "performed_via_github_app": apps.app(world, shown.app) if shown.app else None,
        "reactions": rollup(f"{url}/reactions", shown.reactions),
    }


def reaction(world: World, shown: Reaction) -> Json:
    return {
        "id": shown.id,
        "node_id": node_id("Reaction", shown.id),
        "user": user(world, shown.user),
        "content": shown.content,
        "created_at": shown.created_at,
    }
