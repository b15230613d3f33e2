"""The latest commits of a service's branch by the API, for programs: asked of GitHub as the App."""

from __future__ import annotations

from tests.tidegate.store.given import NOON, a_service
from tests.webapp.fake_github import FakeGitHub
from tests.webapp.house import House, as_app, bearer
from tidegate.apitoken import Scope, Terms
from tidegate.permission import OPERATOR


def a_token(house: House, scope: Scope) -> dict[str, str]:
    terms = Terms("ci", OPERATOR, None, scope, None, NOON.replace(year=9999))
    return bearer(house.store.api_tokens.make(terms, NOON)[1])


def test_a_program_chooses_from_them_with_no_token_of_a_person(open_house: House, github: FakeGitHub) -> None:
    as_app(open_house)
    service = a_service(open_house.store)
    github.commits = {"a" * 40: ("Show the basket", "success"), "b" * 40: ("Mend it", "")}
    path = f"/api/v1/services/{service.id}/commits"
    told = open_house.client().get(path, headers=a_token(open_house, Scope.DEPLOY)).get_json()
    assert [(each["sha"], each["message"], each["checks"]) for each in told["commits"]] == [
        ("a" * 40, "Show the basket", "passed"),
        ("b" * 40, "Mend it", "none"),
    ]
    assert open_house.client().get(path, headers=a_token(open_house, Scope.READ)).status_code == 403


def test_where_the_app_is_not_installed_any_more_it_is_said(open_house: House, github: FakeGitHub) -> None:
    """The token that is kept is refused, and there is no key to ask for another with."""
    as_app(open_house)
    service, headers = a_service(open_house.store), a_token(open_house, Scope.DEPLOY)
    github.app_tokens.clear()
    answer = open_house.client().get(f"/api/v1/services/{service.id}/commits", headers=headers)
    assert (answer.status_code, answer.content_type) == (502, "application/problem+json")
