"""Comments on pull requests, and reactions to them."""

from __future__ import annotations

from standin import hooks
from standin.clock import stamp
from standin.pulls import find
from standin.records import App, Comment, Json, Reaction, Repo, User
from standin.refusals import invalid, not_found
from standin.views import pulls as views
from standin.world import World


def create(world: World, repo: Repo, number: int, user: User, app: App | None, body: str) -> Comment:
    find(repo, number)
    if not body:
        raise invalid("IssueComment", "body", "missing_field")
    comment = Comment(world.next_id(), number, user, body, app)
    repo.comments[comment.id] = comment
    _tell(world, repo, comment, "created", user)
    return comment


def edit(world: World, repo: Repo, comment: Comment, user: User, body: str) -> None:
    if not body:
        raise invalid("IssueComment", "body", "missing_field")
    before, comment.body, comment.updated_at = comment.body, body, stamp()
    _tell(world, repo, comment, "edited", user, {"changes": {"body": {"from": before}}})


def remove(world: World, repo: Repo, comment: Comment, user: User) -> None:
    del repo.comments[comment.id]
    _tell(world, repo, comment, "deleted", user)


def find_comment(repo: Repo, number: int) -> Comment:
    comment = repo.comments.get(number)
    if comment is None:
        raise not_found()
    return comment


def react(world: World, comment: Comment, user: User, content: str) -> tuple[Reaction, bool]:
    """The reaction, and whether it is new: a second one of the same kind returns the first."""
    if content not in views.REACTIONS:
        raise invalid("Reaction", "content", "inclusion")
    for known in comment.reactions:
        if known.user is user and known.content == content:
            return known, False
    reaction = Reaction(world.next_id(), user, content)
    comment.reactions.append(reaction)
    return reaction, True


def _tell(world: World, repo: Repo, comment: Comment, action: str, sender: User, extra: Json | None = None) -> None:
    issue = views.issue(world, repo, find(repo, comment.number))
    payload = {"action": action, "issue": issue, "comment": views.comment(world, repo, comment), **(extra or {})}
    hooks.emit(world, "issue_comment", repo, payload, sender)
