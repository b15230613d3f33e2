"""What we say on pull requests: comments that are edited in place, and reactions to others'."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tidegate.repository import Repository
from worker.github import limits
from worker.github.client import PAGE, Client, scope_of
from worker.github.errors import Answered

#: 5,000 comments on one pull request: ours is among the first, or was lost so long ago that nobody misses it.
PAGES = 50
#: GitHub's word for an endpoint's thing that was deleted.
GONE = (404, 410)


class Comments:
    """The part of the port `GitHubReports` that talks on pull requests; their conversation is an issue's to GitHub.

    `app_id` tells our comments from those of others who quote one, marker and all.
    """

    def __init__(self, client: Client, app_id: int) -> None:
        self._client = client
        self._app_id = app_id

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
        text = with_marker(body, marker)
        if comment is not None and self._edit(repository, comment, text, spare=spare):
            return comment
        # One that was deleted may have been made anew already, by a try whose answer was lost.
        found = self._find(repository, number, marker, spare=spare) if attempted or comment is not None else None
        if found is not None and self._edit(repository, found, text, spare=spare):
            return found
        made = self._client.ask(
            scope_of(repository),
            lambda rest, headers: rest.issues.create_comment(
                repository.owner, repository.name, number, body=text, headers=headers
            ),
            write=True,
            spare=spare,
        )
        return made["id"]

    def _edit(self, repository: Repository, comment: int, text: str, *, spare: bool) -> bool:
        """False where somebody has deleted it."""
        try:
            self._client.ask(
                scope_of(repository),
                lambda rest, headers: rest.issues.update_comment(
                    repository.owner, repository.name, comment, body=text, headers=headers
                ),
                write=True,
                spare=spare,
            )
        except Answered as answer:
            if answer.status not in GONE:
                raise
            return False
        return True

    def _find(self, repository: Repository, number: int, marker: str, *, spare: bool) -> int | None:
        for page in range(1, PAGES + 1):
            comments = self._comment_page(repository, number, page, spare=spare)
            for comment in comments:
                if self._is_ours(comment) and hidden(marker) in (comment.get("body") or ""):
                    return int(comment["id"])
            if len(comments) < PAGE:
                break
        return None

    def _is_ours(self, comment: Mapping[str, Any]) -> bool:
        return (comment.get("performed_via_github_app") or {}).get("id") == self._app_id

    def _comment_page(
        self, repository: Repository, number: int, page: int, *, spare: bool
    ) -> Sequence[Mapping[str, Any]]:
        return self._client.ask(
            scope_of(repository),
            lambda rest, headers: rest.issues.list_comments(
                repository.owner, repository.name, number, per_page=PAGE, page=page, headers=headers
            ),
            spare=spare,
        )

    def react(self, repository: Repository, comment: int, content: str) -> None:
        # Asked for again, GitHub answers with the reaction that is there.
        body: dict[str, Any] = {"content": content}
        self._client.ask(
            scope_of(repository),
            lambda rest, headers: rest.reactions.create_for_issue_comment(
                repository.owner, repository.name, comment, headers=headers, **body
            ),
            write=True,
        )


def hidden(marker: str) -> str:
    """Where only whoever edits the comment sees it."""
    return f"<!-- tidegate:{marker} -->"


def with_marker(body: str, marker: str) -> str:
    """Within GitHub's limit; where a body must be cut, its end goes and the marker stays."""
    end = f"\n\n{hidden(marker)}"
    return limits.head(body, limits.COMMENT - len(end)) + end
