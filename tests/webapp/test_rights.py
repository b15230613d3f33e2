"""What GitHub says is believed for a minute, and nothing is guessed when it says nothing."""

import pytest

from tests.webapp.fake_github import FakeGitHub
from webapp.people import People, Right, TokenRefused, Unreachable
from webapp.rights import BELIEVED, Person, Rights


class Watch:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_rights_are_githubs(github: FakeGitHub) -> None:
    github.rights["ada"] = {"acme/shop": True, "acme/docs": False}
    people, token = People(github.url), github.token("ada")
    assert people.login(token) == "ada"
    assert people.right(token, "acme/shop") is Right.WRITE
    assert people.right(token, "acme/docs") is Right.READ
    assert people.right(token, "acme/secret") is Right.NONE
    with pytest.raises(TokenRefused):
        people.right("ghu_revoked", "acme/shop")


def test_an_answer_holds_for_a_minute_and_for_nobody_else(github: FakeGitHub) -> None:
    watch = Watch()
    rights = Rights(People(github.url), watch)
    ada, eve = Person("ada", github.token("ada")), Person("eve", github.token("eve"))
    github.rights["ada"] = {"acme/shop": True}
    assert rights.of(ada, "acme/shop") is Right.WRITE
    assert rights.of(eve, "acme/shop") is Right.NONE
    del github.rights["ada"]
    watch.now = BELIEVED - 1
    asked = len(github.asked)
    assert rights.of(ada, "acme/shop") is Right.WRITE
    assert len(github.asked) == asked
    watch.now = BELIEVED
    assert rights.of(ada, "acme/shop") is Right.NONE


def test_with_github_down_nothing_is_guessed(github: FakeGitHub) -> None:
    rights, ada = Rights(People(github.url)), Person("ada", github.token("ada"))
    github.rights["ada"] = {"acme/shop": True}
    github.down = True
    with pytest.raises(Unreachable):
        rights.of(ada, "acme/shop")
    github.down = False
    assert rights.of(ada, "acme/shop") is Right.WRITE
    with pytest.raises(Unreachable):
        People("http://127.0.0.1:1").login("ghu_any")
