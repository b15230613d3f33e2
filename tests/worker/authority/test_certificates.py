"""Certificates from a real authority, at a real proxy: given, served, renewed; refused, and asked for again later."""

from __future__ import annotations

import ssl
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.load import load
from tests.migrated import put_migrated
from tests.worker.authority.pebble import BINDING, Pebble, pebble
from tests.worker.authority.secured import DASHBOARD, Secured
from tests.worker.router.origins import Origins, origins
from tests.worker.router.proxy import wait_until
from tests.worker.router.service import HOST
from tidegate.certificate import AUTHORITY
from worker.authority.client import Authority, Away
from worker.authority.identity import account
from worker.authority.place import thumbprint

HERE = "/.well-known/acme-challenge/"


@pytest.fixture
def servers() -> Iterator[Origins]:
    with origins() as running:
        yield running


@pytest.fixture
def authority(tmp_path: Path) -> Iterator[Pebble]:
    place = tmp_path / "authority"
    place.mkdir()
    with pebble(place) as running:
        yield running


def by_command(secured: Secured) -> None:
    """One pass by the process that the watch starts for it; the store has no service."""
    store = secured.proxy.data / "tidegate.db"
    put_migrated(store)
    environment = {**secured.proxy.environment(), "DATABASE_URL": f"sqlite:///{store}"}
    line = (sys.executable, "-m", "worker", "certificates")
    subprocess.run(line, env=environment, check=True, timeout=60)


def test_names_are_given_certificates_and_keep_them_and_no_request_is_lost(
    tmp_path: Path, authority: Pebble, servers: Origins
) -> None:
    secured = Secured(tmp_path, authority, servers, authority.acme())
    try:
        assert "Tidegate has no certificate for this name yet" in secured.shown(HOST), "it starts without any"
        by_command(secured)
        secured.certify(DASHBOARD, HOST)
        first = secured.served(HOST)
        secured.certify(DASHBOARD, HOST)
        assert secured.asked == 1, "nothing is due"
        secured.clock.advance(0.7 * 5 * 365 * 86400)  # pebble's are good for five years
        with load(f"https://127.0.0.1:{secured.port}/", HOST, connections=8, pause=20) as visitors:
            secured.certify(HOST)
            wait_until(lambda: secured.served(HOST) != first)
            seen = visitors.result()
        assert seen.requests > 100
        assert seen.failed == 0, seen
        assert secured.ask(HOST) == "one"
        assert secured.ask(DASHBOARD) == "the dashboard"
        plain_http_leads_there_but_for_challenges(secured)
        for_nobody_else(secured.files.directory)
        second = secured.served(HOST)
        secured.proxy.stop()
        secured.proxy.start()
        assert secured.served(HOST) == second
    finally:
        secured.proxy.stop()


def plain_http_leads_there_but_for_challenges(secured: Secured) -> None:
    its = thumbprint(secured.proxy.directory)
    for host in (HOST, DASHBOARD, "new.example.com"):
        assert secured.proxy.get(host)[0] == 308
        assert secured.proxy.get(host, f"{HERE}a_-Z9") == (200, f"a_-Z9.{its}")
        assert secured.proxy.get(host, f"{HERE}<b>")[0] == 308, "nothing is repeated that is no token"


def for_nobody_else(directory: Path) -> None:
    assert directory.stat().st_mode & 0o077 == 0
    assert all(each.stat().st_mode & 0o077 == 0 for each in directory.rglob("*.pem"))


def test_who_can_not_have_one_is_told_why_holds_up_nobody_and_is_asked_for_again_later(
    tmp_path: Path, authority: Pebble, servers: Origins
) -> None:
    authority.stop()
    secured = Secured(tmp_path, authority, servers, authority.acme(BINDING))
    try:
        secured.certify(HOST, DASHBOARD)
        assert "Connection refused" in secured.known().failures[AUTHORITY].why
        assert set(secured.known().failures) == {AUTHORITY}, "no name is to blame"
        authority.start(binds=True, PEBBLE_WFE_NONCEREJECT="30")
        with pytest.raises(Away, match="externalAccountBinding"):
            Authority(authority.acme(), account(secured.files))
        secured.certify(HOST, DASHBOARD)
        assert secured.asked == 1, "it isn't asked again at once"
        secured.clock.advance(5 * 60)
        authority.lead("own.example.com", "127.0.0.2")
        secured.certify("own.example.com", HOST, DASHBOARD)
        assert "127.0.0.2" in secured.known().failures["own.example.com"].why
        assert secured.served(HOST)
        assert secured.served(DASHBOARD)
        with pytest.raises(ssl.SSLError):
            secured.served("own.example.com")
        authority.lead("own.example.com")
        secured.certify("own.example.com")
        assert secured.asked == 2
        secured.clock.advance(timedelta(minutes=5).total_seconds())
        secured.certify("own.example.com")
        assert secured.served("own.example.com")
        assert secured.known().failures == {}
    finally:
        secured.proxy.stop()
