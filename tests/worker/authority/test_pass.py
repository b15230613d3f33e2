"""One pass, of an authority that a test plays: what is kept, replaced, dropped, and left by who is killed."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from josepy.b64 import b64encode

from tests.fakes.clock import FakeClock
from tests.worker.house import Killed
from tests.worker.router.authority import Authority, put, serial
from tidegate.acme import Acme
from tidegate.certificate import AUTHORITY, Known
from tidegate.door import Tls
from worker.authority.client import Away, Declined
from worker.authority.files import AuthorityFiles
from worker.authority.identity import account
from worker.authority.place import ACCOUNT, NONE, PLACE, THUMBPRINT, thumbprint
from worker.authority.run import CUT_SHORT, Pass
from worker.router.files import RouterFiles

NAME, OTHER = "shop.example.com", "other.example.com"
FIVE_MINUTES, TEN_DAYS = 300, 10 * 86400


class Giver:
    """`trouble`: what it has instead of a certificate, by name."""

    def __init__(self) -> None:
        self.signs = Authority()
        self.asked: list[str] = []
        self.trouble: dict[str, BaseException] = {}
        self.gives: bytes | None = None

    def certificate(self, name: str) -> bytes:
        self.asked.append(name)
        if name in self.trouble:
            raise self.trouble[name]
        return self.signs.pem(name) if self.gives is None else self.gives


class Place:
    def __init__(self, data: Path) -> None:
        self.source = data / "tls"
        self.source.mkdir()
        self.router = data / "router"
        self.clock = FakeClock(datetime.now(UTC))
        self.giver = Giver()
        self.directory = "https://ca.example/dir"

    def run(self, *names: str) -> list[str]:
        """One pass; what it asked for."""
        self.giver.asked.clear()
        files = self.files
        with files.lock():
            files.renew()
        files.told()
        Pass(files, Acme(self.directory), lambda: self.giver, self.clock).run(names)
        return self.giver.asked

    @property
    def files(self) -> RouterFiles:
        tls = Tls("*:443", str(self.source), None, "d.example.com", "", Acme(self.directory))
        return RouterFiles(self.router, "*:80", tls)

    @property
    def known(self) -> Known:
        known = AuthorityFiles(self.router).known(self.directory)
        assert known is not None
        return known

    def kept(self) -> dict[str, int]:
        """Serial numbers."""
        return {name: serial(pem) for name, pem in AuthorityFiles(self.router).certificates().items()}

    @property
    def to_tell(self) -> bool:
        """Whether the proxy is to read its certificates again."""
        return (self.router / "renewed").exists()


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


def test_what_is_had_is_kept_and_the_proxy_is_told(place: Place) -> None:
    assert place.run(NAME, OTHER) == [NAME, OTHER]
    assert place.to_tell
    first = place.kept()
    assert set(first) == {NAME, OTHER}
    assert place.run(NAME, OTHER) == []
    assert not place.to_tell
    place.clock.advance(0.7 * TEN_DAYS)
    assert place.run(NAME) == [NAME]
    assert place.kept()[NAME] != first[NAME]
    assert place.kept()[OTHER] == first[OTHER]


def test_what_is_noted_may_be_lost_or_torn_but_the_certificates_tell(place: Place) -> None:
    place.run(NAME)
    for noted in (b"", b'{"directory": 1}', b"[]"):
        (place.router / "acme" / "known.json").write_bytes(noted)
        assert place.run(NAME) == []
    assert set(place.known.held) == {NAME}


def test_who_is_killed_over_it_leaves_nothing_wrong_and_does_not_ask_again_at_once(place: Place) -> None:
    place.giver.trouble = {NAME: Killed()}
    with pytest.raises(Killed):
        place.run(NAME, OTHER)
    assert place.known.failures[NAME].why == CUT_SHORT
    place.giver.trouble.clear()
    assert place.run(NAME, OTHER) == [OTHER], "the others don't wait"
    place.clock.advance(FIVE_MINUTES)
    assert place.run(NAME, OTHER) == [NAME]
    assert place.known.failures == {}


def test_one_that_is_refused_holds_up_nobody_and_is_told_in_the_authority_s_words(place: Place) -> None:
    place.giver.trouble = {NAME: Declined("no such name"), OTHER: Declined("too many", limited=True)}
    assert place.run(NAME, OTHER, "third.example.com") == [NAME, OTHER, "third.example.com"]
    assert {name: each.why for name, each in place.known.failures.items()} == {NAME: "no such name", OTHER: "too many"}
    place.clock.advance(FIVE_MINUTES)
    assert place.run(NAME, OTHER) == [NAME], "its limits were met"
    assert place.known.failures[NAME].count == 2
    assert place.run(OTHER) == []
    assert set(place.known.failures) == {OTHER}, "who is wanted no more is forgotten"


def test_what_is_no_good_certificate_never_comes_to_the_proxy(place: Place) -> None:
    good = place.giver.signs.pem(NAME)
    key = good[good.index(b"-----BEGIN PRIVATE KEY") :]
    others = place.giver.signs.pem(NAME)
    for given in (b"", b"<html>", key, good[:200] + key, others[: others.index(key[:22])] + key):
        place.giver.gives = given
        assert place.run(NAME) == [NAME]
        assert place.kept() == {}
        assert "what it gave" in place.known.failures[NAME].why
        place.clock.advance(6 * 3600)
    place.giver.gives = place.giver.signs.pem(OTHER)
    place.run(NAME)
    assert "another's" in place.known.failures[NAME].why


def test_one_that_was_broken_on_the_disk_is_taken_away_and_asked_for_again(place: Place) -> None:
    place.run(NAME)
    (place.router / "acme" / "certificates" / f"{NAME}.pem").write_bytes(b"From nowhere\n")
    assert place.run(NAME) == [NAME]
    assert set(place.kept()) == {NAME}


def test_while_the_authority_is_away_nobody_is_to_blame(place: Place) -> None:
    place.giver.trouble = {NAME: Away("no route"), OTHER: Away("no route")}
    assert place.run(NAME, OTHER) == [NAME]
    assert {name: each.why for name, each in place.known.failures.items()} == {AUTHORITY: "no route"}
    assert place.run(NAME, OTHER) == []
    place.giver.trouble.clear()
    place.clock.advance(FIVE_MINUTES)
    assert place.run(NAME, OTHER) == [NAME, OTHER]
    assert place.known.failures == {}


def test_files_win_where_they_cover_a_name(place: Place) -> None:
    place.run(NAME, OTHER, "deep.shop.example.com")
    put(place.source / "own.pem", place.giver.signs.pem("*.example.com"))
    assert place.run(NAME, OTHER, "deep.shop.example.com", "new.example.com") == []
    assert set(place.kept()) == {"deep.shop.example.com"}
    assert place.to_tell


def test_another_authority_replaces_what_the_first_gave_which_is_served_until_then(place: Place) -> None:
    place.run(NAME)
    first = place.kept()
    place.directory = "https://other.example/dir"
    place.giver.trouble = {NAME: Declined("not yet")}
    assert place.run(NAME) == [NAME]
    assert place.kept() == first
    place.giver.trouble.clear()
    place.clock.advance(FIVE_MINUTES)
    assert place.run(NAME) == [NAME]
    assert place.kept() != first


def test_what_nobody_wants_goes_when_it_has_ended(place: Place) -> None:
    place.run(NAME)
    assert place.run(OTHER) == [OTHER]
    assert set(place.kept()) == {NAME, OTHER}, "a preview may be opened again"
    assert place.run(NAME, OTHER) == []
    place.clock.advance(TEN_DAYS)
    place.run(OTHER)
    assert set(place.kept()) == {OTHER}


@pytest.mark.parametrize("lost", [ACCOUNT, NONE, THUMBPRINT])
def test_what_is_lost_of_our_own_is_made_anew_and_the_proxy_answers_by_it(place: Place, lost: str) -> None:
    place.run(NAME)
    before, own = thumbprint(place.router), place.router / PLACE
    (own / lost).unlink()
    place.files.renew()
    assert (own / lost).exists()
    assert place.to_tell
    assert thumbprint(place.router) == b64encode(account(AuthorityFiles(place.router)).thumbprint()).decode()
    assert (thumbprint(place.router) == before) is (lost != ACCOUNT)


def test_one_pass_at_a_time(place: Place) -> None:
    with AuthorityFiles(place.router).turn() as ours:
        assert ours
        assert place.run(NAME) == []
    assert place.run(NAME) == [NAME]
