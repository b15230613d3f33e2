"""Pull requests: opened, moved by pushes, labeled, edited, merged, closed; and the events of each."""

from __future__ import annotations

from standin import checks, ci, hooks
from standin.clock import stamp
from standin.git import ZERO
from standin.records import Json, Label, Pull, Repo, User
from standin.refusals import Refusal, invalid, not_found
from standin.views import pulls as views
from standin.world import MissingError, World


def create(world: World, repo: Repo, user: User, body: Json) -> Pull:
    for name in ("title", "head", "base"):
        if not body.get(name):
            raise invalid("PullRequest", name, "missing_field")
    head_repo, head_ref = _head(world, repo, body["head"])
    head_sha, base_sha = head_repo.git.branch(head_ref), repo.git.branch(body["base"])
    if head_sha is None:
        raise invalid("PullRequest", "head")
    if base_sha is None:
        raise invalid("PullRequest", "base")
    ends = (head_repo, head_ref, body["base"])
    if any(
        (pull.head_repo, pull.head_ref, pull.base_ref) == ends for pull in repo.pulls.values() if pull.state == "open"
    ):
        raise Refusal(
            422, "Validation Failed", [_told(f"A pull request already exists for {head_repo.owner.login}:{head_ref}.")]
        )
    _bring(repo, head_repo, head_sha)
    if repo.git.is_ancestor(head_sha, base_sha):
        raise Refusal(422, "Validation Failed", [_told(f"No commits between {body['base']} and {head_ref}")])
    repo.numbers += 1
    pull = Pull(
        world.next_id(),
        repo.numbers,
        body["title"],
        body.get("body"),
        user,
        head_repo,
        head_ref,
        head_sha,
        body["base"],
        base_sha,
    )
    pull.draft = bool(body.get("draft"))
    repo.pulls[pull.number] = pull
    _point(world, repo, pull, ZERO, user)
    tell(world, repo, pull, "opened", user)
    return pull


def find(repo: Repo, number: int) -> Pull:
    pull = repo.pulls.get(number)
    if pull is None:
        raise not_found()
    return pull


def edit(world: World, repo: Repo, pull: Pull, user: User, body: Json) -> Pull:
    changes: Json = {}
    for name in ("title", "body"):
        if name in body and body[name] != getattr(pull, name):
            changes[name] = {"from": getattr(pull, name) or ""}
            setattr(pull, name, body[name])
    if body.get("base") and body["base"] != pull.base_ref:
        sha = repo.git.branch(body["base"])
        if sha is None:
            raise invalid("PullRequest", "base")
        changes["base"] = {"ref": {"from": pull.base_ref}, "sha": {"from": pull.base_sha}}
        pull.base_ref, pull.base_sha = body["base"], sha
    if changes:
        tell(world, repo, pull, "edited", user, {"changes": changes})
    if body.get("state") == "closed" and pull.state == "open":
        close(world, repo, pull, user)
    elif body.get("state") == "open" and pull.state == "closed":
        reopen(world, repo, pull, user)
    return pull


def close(world: World, repo: Repo, pull: Pull, user: User) -> None:
    pull.state, pull.closed_at = "closed", stamp()
    tell(world, repo, pull, "closed", user)


def record_merge(world: World, repo: Repo, pull: Pull, user: User, sha: str) -> None:
    """The pull request is merged as commit `sha` of its base."""
    pull.merged_at, pull.merged_by, pull.merge_sha = stamp(), user, sha
    close(world, repo, pull, user)


def reopen(world: World, repo: Repo, pull: Pull, user: User) -> None:
    head = pull.head_repo.git.branch(pull.head_ref)
    if pull.merged_at or head is None:
        raise invalid("PullRequest", "state", "invalid", "state cannot be changed.")
    pull.state, pull.closed_at = "open", None
    if head != pull.head_sha:
        before, pull.head_sha = pull.head_sha, head
        _bring(repo, pull.head_repo, head)
        _point(world, repo, pull, before, user)
    tell(world, repo, pull, "reopened", user)


def add_labels(world: World, repo: Repo, pull: Pull, user: User, names: list[str]) -> None:
    for name in names:
        label = repo.labels.setdefault(name, Label(world.next_id(), name))
        if label not in pull.labels:
            pull.labels.append(label)
            tell(world, repo, pull, "labeled", user, {"label": views.label(world, repo, label)})


def remove_label(world: World, repo: Repo, pull: Pull, user: User, name: str) -> None:
    label = next((each for each in pull.labels if each.name.lower() == name.lower()), None)
    if label is None:
        raise Refusal(404, "Label does not exist")
    pull.labels.remove(label)
    tell(world, repo, pull, "unlabeled", user, {"label": views.label(world, repo, label)})


def after_move(world: World, repo: Repo, branch: str, after: str, user: User) -> None:
    """What a push to `branch` of `repo` does to pull requests that start or end there."""
    for base in list(world.repos.values()):
        for pull in base.pulls.values():
            if pull.state != "open":
                continue
            if pull.head_repo is repo and pull.head_ref == branch:
                _head_moved(world, base, pull, after, user)
            elif base is repo and pull.base_ref == branch:
                _base_moved(world, base, pull, after, user)


def tell(world: World, repo: Repo, pull: Pull, action: str, sender: User, extra: Json | None = None) -> None:
    pull.updated_at = stamp()
    payload = {"action": action, "number": pull.number, "pull_request": views.full(world, repo, pull), **(extra or {})}
    hooks.emit(world, "pull_request", repo, payload, sender)


def _head(world: World, repo: Repo, head: str) -> tuple[Repo, str]:
    """`branch`, or `owner:branch` for a fork."""
    owner, colon, ref = head.partition(":")
    if not colon or owner.lower() == repo.owner.login.lower():
        return repo, ref or owner
    for fork in world.repos.values():
        if fork.fork_of is repo and fork.owner.login.lower() == owner.lower():
            return fork, ref
    raise MissingError(f"a fork by {owner}")


def _head_moved(world: World, repo: Repo, pull: Pull, after: str, user: User) -> None:
    if after == ZERO:
        close(world, repo, pull, user)
        return
    before, pull.head_sha = pull.head_sha, after
    _bring(repo, pull.head_repo, after)
    _point(world, repo, pull, before, user)
    tell(world, repo, pull, "synchronize", user, {"before": before, "after": after})


def _base_moved(world: World, repo: Repo, pull: Pull, after: str, user: User) -> None:
    if after == ZERO:
        close(world, repo, pull, user)
    elif repo.git.is_ancestor(pull.head_sha, after):
        record_merge(world, repo, pull, user, after)
    else:
        pull.base_sha = after


def _bring(repo: Repo, head_repo: Repo, sha: str) -> None:
    """A fork's commits are readable in the base repository, as on GitHub."""
    if head_repo is not repo:
        repo.git.run("fetch", "-q", "--no-tags", str(head_repo.git.path), sha)


def _point(world: World, repo: Repo, pull: Pull, before: str, user: User) -> None:
    """refs/pull/N/head follows; a fork's head gets suites and CI here, with no branch."""
    repo.git.update_ref(f"refs/pull/{pull.number}/head", pull.head_sha)
    if pull.head_repo is not repo:
        checks.open_suites(world, repo, pull.head_sha, None, before, user)
        ci.start(world, repo, pull.head_sha)


def _told(message: str) -> Json:
    return {"resource": "PullRequest", "code": "custom", "message": message}
