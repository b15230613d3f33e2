"""What the watch does about certificates: nothing where none is due; else a process asks, and the router is told."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

import pytest

from tests.webapp.product import ENVIRONMENT
from tests.worker.house import House
from tidegate.certificate import Held, Known
from tidegate.door import Tls
from worker import certify
from worker.authority.files import AuthorityFiles
from worker.checkup.run import check_up
from worker.watch import Watch

DIRECTORY = "https://ca.example/dir"
STOP = threading.Event()


@pytest.fixture
def secured(tmp_path: Path) -> House:
    return House(tmp_path, TIDEGATE_ACME=DIRECTORY)


def note(house: House, *names: str) -> None:
    """They have certificates."""
    now = house.clock.now()
    held = {name: Held(now, now.replace(year=now.year + 2)) for name in names}
    files = AuthorityFiles(Path(house.settings.router.directory))
    files.note(Known(held=held), DIRECTORY)
    for name in names:
        files.put(name, b"")


def asks(house: House) -> bool:
    """Whether a process was started, which here writes that it was."""
    told = Path(house.settings.data) / "asked"
    told.unlink(missing_ok=True)
    due = certify.certify(house.parts, STOP, (sys.executable, "-c", f"open({str(told)!r}, 'w')"))
    assert told.exists() == due
    return due


def test_a_service_s_name_is_asked_for_as_soon_as_there_is_one(secured: House) -> None:
    assert asks(secured), "nobody has looked yet"
    note(secured, "deploy.test")
    assert not asks(secured)
    secured.push(secured.repository())
    secured.work()
    assert certify.wanted(secured.store, secured.settings, _tls(secured)) == ("deploy.test", "web.apps.test")
    assert asks(secured)
    note(secured, "deploy.test", "web.apps.test")
    assert not asks(secured)
    secured.clock.advance(600 * 86400)
    assert asks(secured), "they are to be renewed"


def test_what_is_lost_of_them_is_looked_at(secured: House) -> None:
    note(secured, "deploy.test")
    AuthorityFiles(Path(secured.settings.router.directory)).remove("deploy.test")
    assert asks(secured)


def test_other_certificates_from_files_are_looked_at(tmp_path: Path) -> None:
    house = House(tmp_path, TIDEGATE_ACME=DIRECTORY, TIDEGATE_TLS=str(tmp_path / "tls"))
    note(house, "deploy.test")
    assert not asks(house)
    (held := Path(house.settings.router.directory) / "certificates").mkdir()
    (held / "own.pem").write_text("the proxy's copy")
    assert asks(house)


def test_without_an_authority_nothing_is_asked_nor_told(house: House) -> None:
    assert not asks(house)
    assert certify.known(house.settings) is None
    assert not [line for line in check_up(house.parts, {}) if line.subject == "certificate"]


def test_the_leader_has_them_asked_for_and_gives_them_to_the_router_at_once(
    secured: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[str] = []

    def asked(*_: object) -> bool:
        started.append("")
        return True

    monkeypatch.setattr(certify, "certify", asked)
    watch = Watch(secured.parts)
    watch.certify()
    assert started == [], "it doesn't lead"
    watch.ring()
    watch.act()
    watch.certify()
    assert started
    secured.router.table = secured.router.table.__class__({"lost": None}, {})
    watch.act()
    assert secured.router.table.hosts == {}


_WATCH = """
import os, sys, threading
from tidegate.settings import Settings
from worker import certify, watch, wiring

wiring.configure(Settings.from_env(os.environ, lambda path: ""))
parts = wiring.parts()
watch.Watch(parts)
print(certify.certify(parts, threading.Event()))
print([each for each in ("acme", "josepy", "OpenSSL", "cryptography.x509") if each in sys.modules])
"""


def test_the_watch_carries_nothing_that_speaks_with_the_authority(secured: House) -> None:
    note(secured, "tidegate.test")
    environment = {
        **ENVIRONMENT,
        "REDIS_URL": "redis://127.0.0.1:1",
        "TIDEGATE_DATA": secured.settings.data,
        "TIDEGATE_URL": "https://tidegate.test",
        "TIDEGATE_ACME": DIRECTORY,
    }
    done = subprocess.run([sys.executable, "-c", _WATCH], env=environment, capture_output=True, text=True, check=False)
    assert done.stdout.split("\n") == ["False", "[]", ""], done.stderr


def test_a_watch_that_ends_takes_its_process_with_it(secured: House) -> None:
    stop = threading.Event()
    stop.set()
    assert certify.certify(secured.parts, stop, ("sleep", "300"))


def test_a_process_that_breaks_is_logged_and_nothing_else(secured: House) -> None:
    assert certify.certify(secured.parts, STOP, ("false",))


def _tls(house: House) -> Tls:
    assert house.settings.router.tls is not None
    return house.settings.router.tls
