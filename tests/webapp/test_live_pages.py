"""Hosts and previews stay true while one looks at them, and tell no more than their pages do."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from flask.testing import FlaskClient

from tests.tidegate.store.given import NOON
from tests.webapp.house import PAGE, House
from tests.webapp.town import Town, settle
from tidegate.deployment import Move, Status
from tidegate.gauge import HostSeen, dump_host
from tidegate.permission import Permission
from tidegate.placement import Admission
from webapp import stream
from webapp.parts import KEY

WRITE = {"acme/shop": Permission.WRITE}
ADMIN = {"acme/shop": Permission.ADMIN, "acme/docs": Permission.ADMIN}


@pytest.fixture
def town(open_house: House, monkeypatch: pytest.MonkeyPatch) -> Town:
    monkeypatch.setattr(stream, "PAUSE", 0.0)
    return settle(open_house.store)


def watching(client: FlaskClient, path: str) -> Iterator[str]:
    """What the page's part becomes, each time that it changes."""
    answer = client.get(path, buffered=False)
    assert answer.status_code == 200, answer.text
    try:
        for chunk in answer.response:
            event = chunk.decode() if isinstance(chunk, bytes) else chunk
            if event.startswith("event: status"):
                yield str(json.loads(event.partition("data: ")[2]))
    finally:
        answer.close()


def words(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def is_part(client: FlaskClient, path: str, html: str) -> bool:
    """Whether the page has the same before any script runs, and says where it comes from."""
    page = client.get(path, headers=PAGE).text
    return f'data-live="{path}/stream"' in page and words(html) in words(page)


def test_a_preview_that_changes_is_shown_anew(open_house: House, town: Town) -> None:
    ada = open_house.signed_in("ada", WRITE)
    seen = watching(ada, "/previews/stream")
    first = next(seen)
    assert is_part(ada, "/previews", first)
    assert "/remove" in first
    assert "Approve" in first
    open_house.store.deployments.move(town.fork, Move(Status.CANCELED, "bob canceled it"), NOON)
    second = next(seen)
    assert "Bob canceled it" in second
    assert "Approve" not in second, "there is nothing to approve any more"


def test_who_may_only_read_is_offered_nothing_there(open_house: House, town: Town) -> None:
    eve = open_house.signed_in("eve", {"acme/shop": Permission.READ})
    first = next(watching(eve, "/previews/stream"))
    assert "acme/shop #7" in first
    assert "/remove" not in first
    assert "takes the permission write" in first
    assert "No previews" in next(watching(open_house.signed_in("zoe", {}), "/previews/stream"))


def test_a_host_that_changes_is_shown_anew(open_house: House, town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    ada = open_house.signed_in("ada", ADMIN)
    seen = watching(ada, "/hosts/stream")
    first = next(seen)
    assert is_part(ada, "/hosts", first)
    assert "Not asked lately" in first
    assert "admission=drained" in first
    open_house.store.hosts.admit("local", Admission.CORDONED, "grace", NOON)
    assert "nothing new; what runs there stays" in next(seen)
    trouble = HostSeen(datetime.now(UTC), "no route to 10.1.2.3")
    redis = open_house.app.extensions[KEY].redis
    monkeypatch.setattr(redis, "hmget", lambda *_: [dump_host(trouble).encode()])
    assert "10.1.2.3" in next(seen)
    bobs = next(watching(open_house.signed_in("bob", WRITE), "/hosts/stream"))
    assert ("Unreachable" in bobs, "10.1.2.3" in bobs, "/admission" in bobs) == (True, False, False)
    nobodys = next(watching(open_house.signed_in("zoe", {}), "/hosts/stream"))
    assert "Nothing to see" in nobodys


@pytest.mark.parametrize("path", ["/previews/stream", "/hosts/stream"])
def test_nobody_watches_who_did_not_sign_in(house: House, path: str) -> None:
    assert house.client().get(path).status_code == 401
