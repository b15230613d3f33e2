"""`tidegate notifications`: who is told is set on the workers' machine, and what was sent can be read there."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from cli.main import main
from tests.cli.test_up import COMPLETE
from tests.tidegate.store.given import REPOSITORY, a_service
from tidegate.notification import Wants
from tidegate.store import Store

ADD = ["notifications", "add", "acme/shop", "slack"]
URL = "https://hooks.example.com/hush"


@pytest.fixture
def store(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    """Found by the environment of this process; with one service."""
    for name, value in {**COMPLETE, "TIDEGATE_DATA": str(tmp_path)}.items():
        monkeypatch.setenv(name, value)
    a_service(store)
    return store


def test_one_is_added_from_a_pipe_tried_listed_and_removed(
    store: Store, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{URL}\n"))
    assert main([*ADD, "--wants", "failures"]) == 0
    (made,) = store.endpoints.of_repository(REPOSITORY.repository_id)
    assert (made.address, made.wants) == (URL, Wants.FAILURES)
    assert main(["notifications", "wants", made.id, "all"]) == 0
    assert main(["notifications", "service", "web", "none"]) == 0
    assert main(["notifications", "test", made.id]) == 0
    assert main(["notifications", "log", made.id]) == 0
    assert main(["notifications", "list", "acme/shop"]) == 0
    told = capsys.readouterr().out
    assert f"{made.id}: slack https://hooks.example.com/… (all)\nof web: none\n" in told
    assert "notification.test pending msg_" in told
    assert "hush" not in told
    assert main(["notifications", "rotate", made.id]) == 1
    assert main(["notifications", "remove", made.id]) == 0
    assert main(["notifications", "remove", made.id]) == 1
    assert store.endpoints.of_repository(REPOSITORY.repository_id) == []
    kinds = [each.kind for each in store.timeline.of_repository(REPOSITORY.repository_id, 50)]
    assert kinds.count("notifications-changed") == 4


def test_a_webhooks_secret_is_shown_once_and_again_when_it_is_new(
    store: Store, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["notifications", "add", "acme/shop", "webhook", URL]) == 0
    first = capsys.readouterr().out
    (made,) = store.endpoints.of_repository(REPOSITORY.repository_id)
    assert made.secrets is not None
    assert made.secrets.current in first
    assert main(["notifications", "rotate", made.id]) == 0
    kept = store.endpoints.get(made.id)
    assert kept is not None
    assert kept.secrets is not None
    assert kept.secrets.current in capsys.readouterr().out
    assert kept.secrets.previous == made.secrets.current
    assert main(["notifications", "enable", made.id]) == 0


def test_a_key_that_was_dropped_too_early_is_named(
    store: Store, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Where it is listed, and where one is looked for, which isn't absent then."""
    assert main([*ADD, URL]) == 0
    (made,) = store.endpoints.of_repository(REPOSITORY.repository_id)
    capsys.readouterr()
    monkeypatch.setenv("TIDEGATE_SECRET_KEY", "another one that has sealed nothing")
    for words in (["list", "acme/shop"], ["remove", made.id]):
        assert main(["notifications", *words]) == 1
        out, err = capsys.readouterr()
        assert (out, err.count("\n")) == ("", 1), err
        assert "encrypted with a key that is not in TIDEGATE_SECRET_KEY" in err


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ([*ADD, "ftp://example.com"], "begins with https://"),
        (["notifications", "add", "acme/shop", "webhook", "http://127.0.0.1:9/x"], "which is no public address"),
        (["notifications", "add", "acme/shop", "email", "a@example.com"], "TIDEGATE_SMTP_URL"),
        (["notifications", "add", "acme/none", "slack", URL], "not among the repositories there: acme/shop"),
        (["notifications", "test", "ep_none"], "there is no such address"),
        (["notifications", "service", "wob", "all"], "web"),
    ],
)
def test_what_cannot_be_done_is_said(
    store: Store, capsys: pytest.CaptureFixture[str], arguments: list[str], told: str
) -> None:
    assert main(arguments) == 1
    assert told in capsys.readouterr().err
    assert store.endpoints.of_repository(REPOSITORY.repository_id) == []
