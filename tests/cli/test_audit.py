"""What the operator does is on the audit log; they can read all of it, and sign anybody out."""

from __future__ import annotations

from pathlib import Path

import pytest

from cli.main import main
from tests.cli.test_up import COMPLETE
from tests.tidegate.store.given import NOON, REPOSITORY, a_deployment, a_service, after
from tidegate.audit import About, Asked, Via
from tidegate.permission import OPERATOR
from tidegate.store import Store
from tidegate.store.sessions import Session


@pytest.fixture
def store(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    """Found by the environment of this process."""
    for name, value in {**COMPLETE, "TIDEGATE_DATA": str(tmp_path)}.items():
        monkeypatch.setenv(name, value)
    return store


def test_what_the_operator_does_is_on_it(store: Store) -> None:
    service = a_service(store)
    waiting = a_deployment(store, service)
    commands = [["tokens", "create", "ci"], ["tokens", "revoke", "1"], ["scale", "web", "2"], ["cancel", "web"]]
    for command in [*commands, ["auto-deploy", "web", "off"]]:
        assert main(command) == 0, command
    log = [entry for _, entry in store.audit.page(None, 9, None)][::-1]
    assert {(entry.actor, entry.via, entry.token) for entry in log} == {(OPERATOR, Via.COMMAND, None)}
    assert [entry.about.deployment_id for entry in log if entry.action == "cancel"] == [waiting.id]
    assert [(entry.action, entry.detail, entry.about.service) for entry in log] == [
        ("make-token", "ci (1), for read", None),
        ("revoke-token", "1", None),
        ("scale", "to 2", "web"),
        ("cancel", "", "web"),
        ("auto-deploy", "off", "web"),
    ]


def test_what_was_not_done_is_not(store: Store) -> None:
    a_service(store)
    assert main(["cancel", "web"]) == 1
    assert main(["tokens", "revoke", "7"]) == 1
    assert main(["scale", "web", "2", "--environment", "pr-9"]) == 1
    assert store.audit.page(None, 9, None) == []


def test_it_is_told(store: Store, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["audit"]) == 0
    assert "Nothing was asked for yet" in capsys.readouterr().out
    a_service(store)
    about = About(REPOSITORY.repository_id, "web", "production")
    store.audit.add(Asked(NOON, "ada", Via.TOKEN, "deploy", "main", about, "ci (1)"))
    store.audit.add(Asked(after(1), "bob", Via.COMMENT, "freeze", "red \x1b[31malert"))
    assert main(["audit", "--lines", "2"]) == 0
    first, second = capsys.readouterr().out.splitlines()
    assert second == "2026-03-01 12:00:00  ada (token ci (1))  deploy  acme/shop  web  production  main"
    assert "\x1b" not in first


def test_a_repository_that_is_no_longer_served_keeps_its_name(store: Store, capsys: pytest.CaptureFixture[str]) -> None:
    a_service(store)
    store.audit.add(Asked(NOON, "ada", Via.COMMENT, "deploy", "", About(REPOSITORY.repository_id, "web")))
    store.audit.add(Asked(NOON, "eve", Via.COMMENT, "deploy", "", About(99, "web")))
    store.repositories.gone(REPOSITORY.repository_id, "the App was taken away", NOON)
    assert main(["audit"]) == 0
    unknown, gone = capsys.readouterr().out.splitlines()
    assert gone.endswith("ada (comment)  deploy  acme/shop  web")
    assert unknown.endswith("eve (comment)  deploy  web"), "of one that never was"


def test_somebody_is_signed_out(store: Store, capsys: pytest.CaptureFixture[str]) -> None:
    key = store.sessions.begin(Session(500, "ada", "Firefox", NOON, after(10**9)))
    assert main(["sign-out", "ada"]) == 0
    assert "ada: 1 ended" in capsys.readouterr().out
    assert not store.sessions.stands(key, after(1))
