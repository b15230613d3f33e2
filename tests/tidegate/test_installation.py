"""Tokens for installations: what is kept under the same key may do the same, and nothing else."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tidegate.installation import PROOF, Scope, claims

SCOPE = Scope.of(7, 11, {"contents": "read", "checks": "write"})


def test_the_order_in_which_permissions_are_told_says_nothing() -> None:
    other = Scope.of(7, 11, {"checks": "write", "contents": "read"})
    assert (other, other.key) == (SCOPE, SCOPE.key)


@pytest.mark.parametrize(
    "other",
    [
        Scope.of(8, 11, {"contents": "read", "checks": "write"}),
        Scope.of(7, 12, {"contents": "read", "checks": "write"}),
        Scope.of(7, None, {"contents": "read", "checks": "write"}),
        Scope.of(7, 11, {"contents": "read"}),
        Scope.of(7, 11, {"contents": "read", "checks": "read"}),
    ],
)
def test_whatever_differs_is_kept_by_itself(other: Scope) -> None:
    assert other.key != SCOPE.key


def test_all_of_an_installation_is_asked_for_by_naming_none() -> None:
    permissions = {"checks": "write", "contents": "read"}
    assert SCOPE.body == {"repository_ids": [11], "permissions": permissions}
    assert Scope.of(7, None, permissions).body == {"permissions": permissions}


def test_a_proof_is_within_what_github_takes_by_its_clock_or_ours() -> None:
    now = datetime(2026, 3, 1, tzinfo=UTC)
    told = claims(5, now)
    assert told == {"iss": "5", "iat": now - timedelta(minutes=1), "exp": now + PROOF}
    assert PROOF + timedelta(minutes=1) <= timedelta(minutes=10)
