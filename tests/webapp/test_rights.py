"""What GitHub says is believed for a minute, and nothing is guessed when it says nothing."""

import pytest

from tests.webapp.fake_github import IDS, FakeGitHub
from tidegate.permission import Permission
from tidegate.repository import Repository
from webapp.believed import BELIEVED
from webapp.people import People, TokenRefused, Unreachable
from webapp.rights import Person, Rights

SHOP = Repository(IDS["acme/shop"], 8, "acme", "shop", "main", private=True)
DOCS = Repository(IDS["acme/docs"], 8, "acme", "docs", "main", private=False)


class Watch:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def people(github: FakeGitHub) -> People:
    return People(github.url)


def test_rights_are_githubs(github: FakeGitHub, people: People) -> None:
    github.rights["ada"], github.public = {"acme/shop": Permission.WRITE, "acme/secret": Permission.READ}, {"acme/docs"}
    token = github.token("ada")
    assert people.who(token) == ("ada", github.number("ada"))
    assert people.permission(token, "acme/shop", IDS.get("acme/shop", 1)) is Permission.WRITE
    assert people.permission(token, "acme/secret", IDS.get("acme/secret", 1)) is Permission.READ
    assert people.permission(token, "acme/docs", IDS.get("acme/docs", 1)) is Permission.READ
    assert people.permission(token, "acme/none", IDS.get("acme/none", 1)) is Permission.NONE
    assert people.permission(token, "acme/shop", 999) is Permission.NONE, "that name is another's by now"
    assert people.permissions(token, 8) == {IDS["acme/shop"]: Permission.WRITE, IDS["acme/secret"]: Permission.READ}
    with pytest.raises(TokenRefused):
        people.permission("ghu_revoked", "acme/shop", IDS["acme/shop"])


def test_an_answer_holds_for_a_minute_and_for_nobody_else(github: FakeGitHub, people: People) -> None:
    watch = Watch()
    rights = Rights(people, watch)
    ada, eve = Person("ada", 1, github.token("ada")), Person("eve", 2, github.token("eve"))
    github.rights["ada"] = {"acme/shop": Permission.WRITE}
    assert rights.of(ada, SHOP) is Permission.WRITE
    assert rights.given(ada, [8]) == {SHOP.id: Permission.WRITE}
    assert rights.of(eve, SHOP) is Permission.NONE
    assert rights.given(eve, [8]) == {}
    del github.rights["ada"]
    watch.now = BELIEVED - 1
    asked = len(github.asked)
    assert rights.of(ada, SHOP) is Permission.WRITE
    assert rights.given(ada, [8]) == {SHOP.id: Permission.WRITE}
    assert len(github.asked) == asked
    watch.now = BELIEVED
    assert rights.of(ada, SHOP) is Permission.NONE
    assert rights.given(ada, [8]) == {}


def test_a_list_spares_the_questions_about_each(github: FakeGitHub, people: People) -> None:
    rights, ada = Rights(people), Person("ada", 1, github.token("ada"))
    github.rights["ada"], github.public = {"acme/shop": Permission.WRITE}, {"acme/docs"}
    rights.given(ada, [8])
    asked = len(github.asked)
    assert rights.of(ada, SHOP) is Permission.WRITE
    assert len(github.asked) == asked
    assert rights.of(ada, DOCS) is Permission.READ, "public, and not on the list"


def test_with_github_down_nothing_is_guessed(github: FakeGitHub, people: People) -> None:
    rights, ada = Rights(people), Person("ada", 1, github.token("ada"))
    github.rights["ada"] = {"acme/shop": Permission.WRITE}
    github.down = True
    with pytest.raises(Unreachable):
        rights.of(ada, SHOP)
    with pytest.raises(Unreachable):
        rights.given(ada, [8])
    github.down = False
    assert rights.of(ada, SHOP) is Permission.WRITE
    with pytest.raises(Unreachable):
        People("http://127.0.0.1:1").who("ghu_any")


def test_many_repositories_are_asked_for_page_by_page(github: FakeGitHub, people: People) -> None:
    names = [f"acme/r{number}" for number in range(230)]
    IDS.update({name: 1000 + number for number, name in enumerate(names)})
    github.rights["ada"] = dict.fromkeys(names, Permission.READ)
    assert len(people.permissions(github.token("ada"), 8)) == 230
    assert len(github.asked) == 3
