"""What a Docker host takes, said on the page and by the API: by who is admin everywhere, and by nobody else."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.tidegate.store.given import NOON, a_service
from tests.webapp.fake_github import FakeGitHub
from tests.webapp.house import PAGE, House, as_app, bearer, build
from tidegate.apitoken import Scope, Terms
from tidegate.events import RepositorySeen
from tidegate.gauge import EVERY, HostSeen, dump_host
from tidegate.permission import OPERATOR, Permission, everywhere
from tidegate.placement import Admission
from webapp.parts import KEY

ADMIN = {"acme/shop": Permission.ADMIN}
PATH = "/api/v1/hosts"
DOCS = RepositorySeen(100, 8, "acme", "docs", "main", private=True)


@pytest.fixture
def two(tmp_path: Path, github: FakeGitHub) -> Iterator[House]:
    """Docker hosts: here and there, for one repository."""
    listed = f"here unix://{tmp_path}/nobody.sock eu, there unix://{tmp_path}/nobody.sock us"
    house = build(tmp_path, github=github, told={"TIDEGATE_HOSTS": listed})
    a_service(house.store)
    yield house
    house.close()


@pytest.mark.parametrize(
    ("held", "may"),
    [
        ([], False),
        ([Permission.ADMIN], True),
        ([Permission.ADMIN, Permission.ADMIN], True),
        ([Permission.ADMIN, Permission.MAINTAIN], False),
        ([Permission.NONE], False),
    ],
)
def test_what_concerns_all_repositories_takes_admin_in_each(held: list[Permission], may: bool) -> None:
    assert everywhere(held) is may


def words(text: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", text).split())


def test_one_is_drained_by_its_page_and_told_of(two: House) -> None:
    ada = two.signed_in("ada", ADMIN)
    question = words(ada.get("/hosts/there/admission?admission=drained", headers=PAGE).text)
    assert "Drain there?" in question
    assert "started elsewhere" in question
    assert "No other host takes anything new" not in question
    landed = ada.post("/hosts/there/admission", data={"admission": "drained"}, headers=PAGE)
    assert (landed.status_code, landed.location) == (303, "/hosts")
    page = ada.get("/hosts", headers=PAGE)
    assert "there is drained: what runs there is started elsewhere, then leaves" in words(page.text)
    assert "Drained nothing; what runs there leaves, since" in words(page.text)
    assert two.store.hosts.closed()["there"].actor == "ada"
    assert "No other host takes" in words(ada.get("/hosts/here/admission?admission=cordoned", headers=PAGE).text)
    assert ada.get("/hosts/here/admission?admission=away", headers=PAGE).status_code == 400
    assert ada.get("/hosts/mars/admission?admission=open", headers=PAGE).status_code == 404
    (entry,) = [each for _, each in two.store.audit.page(None, 9, None) if each.action == "host"]
    assert (entry.actor, entry.via, entry.detail) == ("ada", "page", "there drained")


def test_one_is_cordoned_and_opened_again_by_the_api(two: House) -> None:
    ada = two.signed_in("ada", ADMIN)
    told = ada.put(f"{PATH}/there", json={"admission": "cordoned"}).get_json()
    assert (told["name"], told["admission"], told["admitted_by"]) == ("there", "cordoned", "ada")
    assert told["detail"] == "`there` is cordoned: what runs there stays, and nothing new is placed there."
    assert [each["admission"] for each in ada.get(PATH).get_json()["hosts"]] == ["open", "cordoned"]
    opened = ada.put(f"{PATH}/there", json={"admission": "open"}).get_json()
    assert (opened["admission"], opened["admitted_by"], opened["admitted_at"]) == ("open", None, None)
    assert two.store.hosts.closed() == {}
    assert ada.put(f"{PATH}/mars", json={"admission": "open"}).status_code == 404
    for body in ({}, {"admission": "shut"}):
        assert ada.put(f"{PATH}/there", json=body).status_code == 400
    elsewhere = {"Origin": "https://evil.test"}
    assert ada.put(f"{PATH}/there", json={"admission": "drained"}, headers=elsewhere).status_code == 403
    assert two.store.hosts.closed() == {}


@pytest.mark.parametrize("permission", [each for each in Permission if each is not Permission.ADMIN])
def test_who_is_less_than_admin_somewhere_is_refused(two: House, permission: Permission) -> None:
    two.store.repositories.see(DOCS, datetime.now(UTC))
    bob = two.signed_in("bob", {**ADMIN, "acme/docs": permission})
    page = bob.get("/hosts", headers=PAGE).text
    assert "/admission" not in page
    assert "takes admin in every repository" in page
    for answer in (
        bob.get("/hosts/there/admission?admission=drained"),
        bob.post("/hosts/there/admission", data={"admission": "drained"}),
        bob.put(f"{PATH}/there", json={"admission": "drained"}),
        bob.put(f"{PATH}/mars", json={"admission": "drained"}),
    ):
        assert (answer.status_code, "*admin* in each of them" in answer.get_json()["detail"]) == (403, True)
    assert two.store.hosts.closed() == {}


def test_what_was_taken_from_somebody_a_moment_ago_is_gone(two: House, github: FakeGitHub) -> None:
    ada = two.signed_in("ada", ADMIN)
    assert "/admission" in ada.get("/hosts", headers=PAGE).text
    github.rights["ada"] = {"acme/shop": Permission.MAINTAIN}
    assert ada.put(f"{PATH}/there", json={"admission": "drained"}).status_code == 403


def test_what_is_done_is_told_though_github_fails_the_moment_after(
    two: House, github: FakeGitHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada = two.signed_in("ada", ADMIN)
    admit = two.store.hosts.admit

    def and_then(name: str, admission: Admission, actor: str, at: datetime) -> None:
        admit(name, admission, actor, at)
        github.rights["ada"] = {}

    monkeypatch.setattr(two.store.hosts, "admit", and_then)
    done = ada.put(f"{PATH}/there", json={"admission": "drained"})
    assert (done.status_code, done.get_json()["admission"], done.get_json()["admitted_by"]) == (200, "drained", "ada")


def test_nobody_but_who_signed_in_or_the_operator(two: House) -> None:
    as_app(two)
    assert two.client().put(f"{PATH}/there", json={"admission": "drained"}).status_code == 401
    ada = two.signed_in("ada", ADMIN)
    hers = ada.post("/api/v1/tokens", json={"name": "ci", "scope": "admin"}).get_json()["token"]
    refused = two.client().put(f"{PATH}/there", json={"admission": "drained"}, headers=bearer(hers))
    assert (refused.status_code, "a token of its own for everything" in refused.get_json()["detail"]) == (403, True)
    terms = Terms("all", OPERATOR, None, Scope.ADMIN, None, NOON.replace(year=9999))
    _, secret = two.store.api_tokens.make(terms, NOON)
    done = two.client().put(f"{PATH}/there", json={"admission": "drained"}, headers=bearer(secret))
    assert (done.status_code, two.store.hosts.closed()["there"].admission) == (200, Admission.DRAINED)
    assert done.get_json()["admitted_by"] == OPERATOR


def found(two: House, monkeypatch: pytest.MonkeyPatch, *seen: HostSeen) -> None:
    def hmget(*_: object) -> list[bytes]:
        return [dump_host(each).encode() for each in seen]

    monkeypatch.setattr(two.app.extensions[KEY].redis, "hmget", hmget)


def test_how_each_is_is_told_as_the_page_has_it(two: House, monkeypatch: pytest.MonkeyPatch) -> None:
    ada = two.signed_in("ada", ADMIN)
    unknown = ada.get(PATH).get_json()["hosts"][0]
    assert (unknown["answers"], unknown["trouble"], unknown["seen_at"]) == (None, None, None), "Redis is down"

    now = datetime.now(UTC)
    found(two, monkeypatch, HostSeen(now), HostSeen(now, "no route to host"))
    here, there = ada.get(PATH).get_json()["hosts"]
    assert (here["answers"], here["trouble"], here["seen_at"]) == (True, None, now.isoformat())
    assert (there["answers"], there["trouble"]) == (False, "no route to host")
    assert "route to host" in ada.get("/hosts", headers=PAGE).text
    bob = two.signed_in("bob", {"acme/shop": Permission.MAINTAIN})
    assert [each["trouble"] for each in bob.get(PATH).get_json()["hosts"]] == [None, "it doesn't answer"]
    page = bob.get("/hosts", headers=PAGE).text
    assert ("route to host" in page, "Unreachable" in page) == (False, True), "its address may stand there"


def test_what_was_seen_before_the_watch_ended_tells_nothing(two: House, monkeypatch: pytest.MonkeyPatch) -> None:
    now = datetime.now(UTC)
    lately, once = now - timedelta(seconds=2 * EVERY), now - timedelta(days=3)
    found(two, monkeypatch, HostSeen(lately), HostSeen(once))
    ada = two.signed_in("ada", ADMIN)
    assert [each["answers"] for each in ada.get(PATH).get_json()["hosts"]] == [True, None]
    page = words(ada.get("/hosts", headers=PAGE).text)
    assert (page.count("Answers"), page.count("Not asked lately")) == (1, 1)
