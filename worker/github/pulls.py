"""Pull requests, and what people may do in a repository."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from tidegate.facts import PullRequest
from tidegate.permission import Permission
from tidegate.repository import Repository
from worker.github.client import PAGE, Client, scope_of
from worker.github.errors import Answered

#: 5,000 open pull requests: beyond that something turns in circles.
PAGES = 50
#: A person's, with the suffix of a company's managed accounts ("mona_acme"), or a bot's ("dependabot[bot]").
LOGIN = re.compile(r"[A-Za-z0-9_-]+(\[bot\])?")
ROLES = {each.name.lower(): each for each in Permission}


class Pulls:
    """The part of the port `GitHubReads` that is about people's wishes."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def pull(self, repository: Repository, number: int, *, spare: bool = False) -> PullRequest | None:
        try:
            found = self._client.ask(
                scope_of(repository),
                lambda rest, headers: rest.pulls.get(repository.owner, repository.name, number, headers=headers),
                spare=spare,
            )
        except Answered as answer:
            self._client.expect_missing(repository, answer)
            return None
        return pull_of(found)

    def open_pulls(self, repository: Repository) -> Sequence[PullRequest]:
        pulls: list[PullRequest] = []
        for number in range(1, PAGES + 1):
            page = self._open_page(repository, number)
            pulls.extend(pull_of(found) for found in page)
            if len(page) < PAGE:
                break
        return pulls

    def _open_page(self, repository: Repository, page: int) -> Sequence[Mapping[str, Any]]:
        return self._client.ask(
            scope_of(repository),
            lambda rest, headers: rest.pulls.list(
                repository.owner, repository.name, state="open", per_page=PAGE, page=page, headers=headers
            ),
            spare=True,
        )

    def permission(self, repository: Repository, login: str) -> Permission:
        if not LOGIN.fullmatch(login):
            return Permission.NONE
        try:
            found = self._client.ask(
                scope_of(repository),
                lambda rest, headers: rest.repos.get_collaborator_permission_level(
                    repository.owner, repository.name, quote(login), headers=headers
                ),
            )
        except Answered as answer:
            self._client.expect_missing(repository, answer)
            return Permission.NONE
        return permission_of(found)


def pull_of(found: Mapping[str, Any]) -> PullRequest:
    """From GitHub's schemas "pull-request" and "pull-request-simple": `merged` is in the first one only."""
    head = found["head"]
    return PullRequest(
        number=found["number"],
        title=found["title"],
        author=(found.get("user") or {}).get("login", "ghost"),
        open=found["state"] == "open",
        merged=found.get("merged_at") is not None,
        draft=bool(found.get("draft")),
        head_sha=head["sha"],
        head_branch=head["ref"],
        head_repository_id=(head.get("repo") or {}).get("id"),
        base_branch=found["base"]["ref"],
        labels=frozenset(label["name"] for label in found["labels"]),
    )


def permission_of(found: Mapping[str, Any]) -> Permission:
    """`role_name` knows all five roles, and those that an organization made itself; of these, `permission` tells which
    of the old four (admin, write, read, none) they come to."""
    told = ROLES.get((found.get("role_name") or "").lower())  # older Enterprise Servers tell none
    return ROLES.get(found["permission"], Permission.NONE) if told is None else told
