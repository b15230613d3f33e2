"""Merging a pull request: a commit on the base branch, with everything that a push does."""

from __future__ import annotations

from standin import pulls, pushes
from standin.records import Json, Pull, Repo, User
from standin.refusals import Refusal
from standin.world import World


def merge(world: World, repo: Repo, pull: Pull, user: User, body: Json) -> str:
    """The SHA that the base branch moved to."""
    base = repo.git.branch(pull.base_ref)
    if pull.state != "open" or base is None:
        raise Refusal(405, "Pull Request is not mergeable")
    if body.get("sha") not in {None, pull.head_sha}:
        raise Refusal(409, "Head branch was modified. Review and try the merge again.")
    who = world.signature(user)
    title = (
        body.get("commit_title")
        or f"Merge pull request #{pull.number} from {pull.head_repo.owner.login}/{pull.head_ref}"
    )
    message = f"{title}\n\n{body.get('commit_message') or pull.title}"
    merged = repo.git.merge(base, pull.head_sha, message, who)
    if merged is None:
        raise Refusal(405, "Pull Request is not mergeable")
    if body.get("merge_method") in {"squash", "rebase"}:
        tree = repo.git.commit(merged)
        assert tree
        merged = repo.git.commit_tree(tree.tree, [base], f"{pull.title} (#{pull.number})", who)
    pulls.record_merge(world, repo, pull, user, merged)
    pushes.move(world, repo, f"refs/heads/{pull.base_ref}", base, merged, user)
    return merged
