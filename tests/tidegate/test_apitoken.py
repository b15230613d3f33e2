"""What a token may do: never more than its maker, never more than it was made for."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.tidegate.make import NOON, at
from tidegate.apitoken import ApiToken, Scope, Terms, beyond, scope_for
from tidegate.permission import Action, Permission, allowed

#: What each scope is enough for, as docs/permissions.md says.
ENOUGH = {
    Scope.READ: {Action.SEE},
    Scope.DEPLOY: {
        *(Action.SEE, Action.DEPLOY, Action.REDEPLOY, Action.RESTART, Action.ROLLBACK, Action.SCALE, Action.RUN),
        *(Action.CANCEL, Action.PREVIEW, Action.APPROVE),
    },
    Scope.ADMIN: set(Action),
}


def token(scope: Scope = Scope.READ, repositories: frozenset[int] | None = None) -> ApiToken:
    return ApiToken(1, Terms("ci", "ada", 500, scope, repositories, at(60)), NOON)


@pytest.mark.parametrize("scope", Scope)
@pytest.mark.parametrize("action", Action)
def test_what_a_scope_is_enough_for(scope: Scope, action: Action) -> None:
    assert allowed(action, token(scope).capped(Permission.ADMIN)) is (action in ENOUGH[scope])
    least = scope_for(action)
    assert action in ENOUGH[least]
    assert (list(Scope).index(scope) >= list(Scope).index(least)) is (action in ENOUGH[scope])


@given(st.sampled_from(Scope), st.sampled_from(Permission), st.sampled_from(Action))
def test_never_more_than_its_maker(scope: Scope, makers: Permission, action: Action) -> None:
    may = allowed(action, token(scope).capped(makers))
    assert may == (allowed(action, makers) and action in ENOUGH[scope])


def test_it_is_for_some_repositories_or_for_all() -> None:
    assert token().covers(7)
    assert token(repositories=frozenset({7})).covers(7)
    assert not token(repositories=frozenset({7})).covers(8)
    assert not token(repositories=frozenset()).covers(8)


def test_why_it_may_not_names_the_scope_that_may() -> None:
    assert beyond(token(), Action.ROLLBACK) == "The token `ci` was made for `read`: to rollback takes one for `deploy`."
