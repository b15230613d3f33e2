"""What follows when references move: `create`, `push`, `delete`, suites, CI, pull requests."""

from __future__ import annotations

from standin import checks, ci, hooks, pulls
from standin.clock import stamp
from standin.git import ZERO
from standin.records import Json, Repo, User
from standin.views import commits, repositories
from standin.world import World

TAGS_AT_ONCE = 3  # GitHub sends no `push` for more
BRANCHES_AT_ONCE = 5000


def after_push(world: World, repo: Repo, pusher: User, before: dict[str, str], after: dict[str, str]) -> None:
    """Compare the references before and after, and tell of each that moved."""
    moved = [name for name in {**before, **after} if before.get(name) != after.get(name)]
    tags = [name for name in moved if name.startswith("refs/tags/")]
    quiet = set(tags) if len(tags) > TAGS_AT_ONCE else set()
    if len(moved) - len(tags) > BRANCHES_AT_ONCE:
        quiet.update(moved)
    known = list(before.values())
    for name in moved:
        if name not in quiet:
            _moved(world, repo, name, before.get(name, ZERO), after.get(name, ZERO), known, pusher)


def move(world: World, repo: Repo, name: str, before: str, after: str, who: User) -> None:
    """A reference moved through the API or a page (`after` ZERO deletes it), with everything that a push does."""
    known = list(repo.git.refs().values())
    repo.git.update_ref(name, None if after == ZERO else after)
    _moved(world, repo, name, before, after, known, who)


def _moved(world: World, repo: Repo, name: str, before: str, after: str, known: list[str], who: User) -> None:
    repo.pushed_at = stamp()
    kind, short = ("branch" if name.startswith("refs/heads/") else "tag"), name.split("/", 2)[2]
    if before == ZERO:
        more = {"master_branch": repo.default_branch, "description": repo.description, "pusher_type": "user"}
        hooks.emit(world, "create", repo, {"ref": short, "ref_type": kind, **more}, who)
    hooks.emit(world, "push", repo, payload(world, repo, name, before, after, known, who), who)
    if after == ZERO:
        hooks.emit(world, "delete", repo, {"ref": short, "ref_type": kind, "pusher_type": "user"}, who)
    if kind == "branch":
        if after != ZERO:
            checks.open_suites(world, repo, after, short, before, who)
        pulls.after_move(world, repo, short, after, who)
        if after != ZERO:
            ci.start(world, repo, after)


def payload(world: World, repo: Repo, name: str, before: str, after: str, known: list[str], who: User) -> Json:
    """A `push` event: `known` are the commits that the repository's references held before."""
    web = repositories.web_url(world, repo)
    created, deleted = before == ZERO, after == ZERO
    tip = None if deleted else repo.git.sha(after)
    forced = not created and not deleted and not repo.git.is_ancestor(before, after)
    start = known if created else [before]
    fresh = [] if tip is None or name.startswith("refs/tags/") else repo.git.new_commits(tip, start)
    head = repo.git.commit(tip) if tip else None
    ends = after[:12] if created else f"{before[:12]}...{after[:12]}"
    return {
        "ref": name,
        "before": before,
        "after": after,
        "repository": repositories.pushed(world, repo),
        "pusher": {"name": who.login, "email": who.email},
        "created": created,
        "deleted": deleted,
        "forced": forced,
        "base_ref": None,
        "compare": f"{web}/compare/{ends}",
        "commits": [commits.pushed(world, repo, each) for each in fresh],
        "head_commit": commits.pushed(world, repo, head) if head else None,
    }
