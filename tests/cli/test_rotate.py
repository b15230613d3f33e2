"""`tidegate rotate`: the old key can be dropped afterwards; where that isn't so, it says why."""

from __future__ import annotations

from pathlib import Path

import pytest

from cli.main import main
from cli.up import MISSING
from tests.cli.remote.laptop import Terminal
from tests.cli.test_up import COMPLETE
from tests.tidegate.store.given import NOON, a_service
from tidegate.repository import PRODUCTION
from tidegate.store import CannotOpen, open_store

OLD, NEW = "the key that all was encrypted with", "a newer key put in front"


@pytest.fixture
def url(tmp_path: Path) -> str:
    """A store with one variable, encrypted with OLD."""
    url = f"sqlite:///{tmp_path}/tidegate.db"
    store = open_store(url, [OLD])
    store.migrate()
    store.variables.set(a_service(store).id, PRODUCTION, "TOKEN", "hush", "secret", NOON)
    store.close()
    return url


def rotate(monkeypatch: pytest.MonkeyPatch, data: Path, *keys: str, more: tuple[str, ...] = ()) -> int:
    told = {**COMPLETE, "TIDEGATE_DATA": str(data), "TIDEGATE_SECRET_KEY": ",".join(keys)}
    for name, value in told.items():
        monkeypatch.setenv(name, value)
    return main(["rotate", *more])


def seen(url: str, key: str) -> str:
    store = open_store(url, [key])
    try:
        (service,) = store.services.all()
        return store.variables.of(service.id, PRODUCTION)["TOKEN"][1]
    finally:
        store.close()


def test_afterwards_the_new_key_opens_all(
    tmp_path: Path, url: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert rotate(monkeypatch, tmp_path, NEW, OLD) == 0
    assert "The others can be dropped" in capsys.readouterr().out
    assert seen(url, NEW) == "hush"
    with pytest.raises(CannotOpen):
        seen(url, OLD)


def test_how_far_it_is_stands_on_a_terminal_and_nowhere_else(
    tmp_path: Path, url: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.MonkeyPatch.context() as at_a_terminal:
        at_a_terminal.setattr("sys.stderr", terminal := Terminal())
        assert rotate(monkeypatch, tmp_path, NEW, OLD) == 0
        assert "1/1 encrypting variables" in terminal.getvalue()
        at_a_terminal.setattr("sys.stderr", terminal := Terminal())
        assert rotate(monkeypatch, tmp_path, OLD, NEW, more=("--json",)) == 0
        assert terminal.getvalue() == ""
    capsys.readouterr()
    assert rotate(monkeypatch, tmp_path, NEW, OLD) == 0
    assert capsys.readouterr().err == ""


def test_without_the_old_key_nothing_is_changed(
    tmp_path: Path, url: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert rotate(monkeypatch, tmp_path, NEW) == 1
    assert "Nothing was changed: variable TOKEN was encrypted with a key" in capsys.readouterr().err
    assert seen(url, OLD) == "hush"


def test_what_is_missing_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert rotate(monkeypatch, tmp_path / "empty", OLD) == MISSING
    assert "The store isn't there" in capsys.readouterr().err
    for name in COMPLETE:
        monkeypatch.delenv(name, raising=False)
    assert main(["rotate"]) == MISSING
    assert "TIDEGATE_SECRET_KEY" in capsys.readouterr().err
