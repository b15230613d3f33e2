"""Roles that an organization made itself, and pull requests whose fork is gone, are read for what they come to."""

from __future__ import annotations

import pytest

from tidegate.permission import Permission
from worker.github.pulls import permission_of, pull_of

FOUND = {
    "number": 7,
    "title": "Change",
    "state": "open",
    "user": {"login": "mallory"},
    "draft": False,
    "merged_at": None,
    "head": {"sha": "abc", "ref": "patch", "repo": {"id": 12}},
    "base": {"ref": "main", "repo": {"id": 11}},
    "labels": [{"name": "bug"}],
}


@pytest.mark.parametrize(
    ("permission", "role", "means"),
    [
        ("none", "none", Permission.NONE),
        ("read", "read", Permission.READ),
        ("read", "triage", Permission.TRIAGE),
        ("write", "write", Permission.WRITE),
        ("write", "maintain", Permission.MAINTAIN),
        ("admin", "admin", Permission.ADMIN),
        ("write", "release manager", Permission.WRITE),
        ("read", "security reader", Permission.READ),
        ("read", "Admins of nothing", Permission.READ),
        ("write", "", Permission.WRITE),
        ("write", None, Permission.WRITE),
        ("owner", "made up", Permission.NONE),
    ],
)
def test_a_role_is_one_of_githubs_five_or_what_it_comes_to(
    permission: str, role: str | None, means: Permission
) -> None:
    assert permission_of({"permission": permission, "role_name": role}) is means


def test_a_pull_request_whose_fork_was_deleted_is_a_strangers_still() -> None:
    told = pull_of({**FOUND, "head": {"sha": "abc", "ref": "patch", "repo": None}})
    assert told.head_repository_id is None
    assert told.is_fork_of(11)


def test_a_pull_request_of_an_account_that_is_gone_is_a_ghosts() -> None:
    assert pull_of({**FOUND, "user": None}).author == "ghost"


def test_a_merged_one_is_merged_however_it_was_asked_for() -> None:
    told = pull_of({**FOUND, "state": "closed", "merged_at": "2026-03-01T12:00:00Z"})
    assert (told.open, told.merged) == (False, True)
