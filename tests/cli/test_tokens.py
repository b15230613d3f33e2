"""`tidegate tokens`: the operator's are made without GitHub, and anybody's can be revoked."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from cli.main import main
from tests.cli.test_up import COMPLETE
from tests.tidegate.store.given import REPOSITORY, a_service
from tidegate.apitoken import Scope, Terms
from tidegate.permission import OPERATOR
from tidegate.store import Store


@pytest.fixture
def store(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    """Found by the environment of this process."""
    for name, value in {**COMPLETE, "TIDEGATE_DATA": str(tmp_path)}.items():
        monkeypatch.setenv(name, value)
    return store


def test_one_is_made_listed_and_revoked(store: Store, capsys: pytest.CaptureFixture[str]) -> None:
    a_service(store)
    begun = datetime.now(UTC)
    assert main(["tokens", "create", "ci", "--scope", "deploy", "--days", "7", "--repository", "acme/shop"]) == 0
    told = capsys.readouterr()
    made = store.api_tokens.find(told.out.strip(), begun)
    assert made is not None, "stdout is the token alone"
    terms = made.terms
    assert (terms.name, terms.maker, terms.maker_id, terms.scope) == ("ci", OPERATOR, None, Scope.DEPLOY)
    assert terms.repositories == frozenset({REPOSITORY.repository_id})
    assert begun + timedelta(days=7) <= terms.expires_at <= datetime.now(UTC) + timedelta(days=7)
    assert main(["tokens", "list"]) == 0
    listed = capsys.readouterr().out
    assert listed.startswith(f"{made.id}: ci, deploy, of the operator, in 1 of")
    assert told.out.strip() not in listed
    assert main(["tokens", "revoke", str(made.id)]) == 0
    assert store.api_tokens.all() == []
    assert main(["tokens", "revoke", str(made.id)]) == 1
    capsys.readouterr()
    assert main(["tokens", "list"]) == 0
    assert "There are none" in capsys.readouterr().out


def test_a_persons_is_revoked_by_the_operator(store: Store, capsys: pytest.CaptureFixture[str]) -> None:
    now = datetime.now(UTC)
    made, text = store.api_tokens.make(Terms("ci", "ada", 500, Scope.ADMIN, None, now + timedelta(days=1)), now)
    assert main(["tokens", "list"]) == 0
    assert "ci, admin, of ada, expires" in capsys.readouterr().out
    assert main(["tokens", "revoke", str(made.id)]) == 0
    assert store.api_tokens.find(text, now) is None


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["ci", "--days", "0"], "from 1 to 366"),
        (["ci", "--repository", "acme/none"], "acme/none: not among the repositories here: acme/shop"),
        ([" "], "say what it is for"),
    ],
)
def test_what_cannot_be_made_is_said(
    store: Store, capsys: pytest.CaptureFixture[str], arguments: list[str], told: str
) -> None:
    a_service(store)
    assert main(["tokens", "create", *arguments]) == 1
    assert told in capsys.readouterr().err
    assert store.api_tokens.all() == []
