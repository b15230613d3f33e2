"""`tidegate why`: why a commit is not live, as the store of this machine knows it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cli.main import main
from tests.cli.test_up import COMPLETE
from tests.tidegate.store.given import NOON, a_deployment, a_service, sha
from tidegate.deployment import Status
from tidegate.events import RepositorySeen
from tidegate.repository import PRODUCTION
from tidegate.store import Store

#: By its name before the other.
EMPTY = RepositorySeen(
    repository_id=4, installation_id=8, owner="acme", name="blank", default_branch="main", private=False
)


@pytest.fixture(autouse=True)
def environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {**COMPLETE, "TIDEGATE_DATA": str(tmp_path)}.items():
        monkeypatch.setenv(name, value)


def test_a_commit_that_is_not_live_says_why_and_what_to_do(store: Store, capsys: pytest.CaptureFixture[str]) -> None:
    web = a_service(store)
    a_deployment(store, web, 1, Status.LIVE)
    a_deployment(store, web, 0xABCDE << 140, Status.CANCELED)
    assert main(["why", "ABCDE"]) == 0
    told = capsys.readouterr().out.splitlines()
    assert told[0] == "web (production): Not live: to canceled."
    assert told[1] == "  `0000000` is live there."
    assert "Redeploy" in told[2]


def test_one_that_nobody_has_heard_of_is_told_by_its_whole_sha(
    store: Store, capsys: pytest.CaptureFixture[str]
) -> None:
    a_service(store)
    assert main(["why", sha(9), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    (answer,) = told["answers"]
    assert (told["repository"], told["sha"]) == ("acme/shop", sha(9))
    assert (answer["service"], answer["environment"], answer["kind"], answer["live"]) == (
        "web",
        PRODUCTION,
        "unknown",
        False,
    )


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["main"], "no commit's SHA"),
        (["abcd"], "Nothing was heard of it"),
        (["0000"], "Several commits begin so"),
        ([sha(1), "--service", "gone"], "there is no service"),
    ],
)
def test_what_can_not_be_answered(
    store: Store, capsys: pytest.CaptureFixture[str], words: list[str], told: str
) -> None:
    web = a_service(store)
    for number in (1, 2):
        a_deployment(store, web, number, Status.SKIPPED)
    assert main(["why", *words]) == 1
    assert told in capsys.readouterr().err


def test_a_repository_without_a_service_keeps_nobody_from_the_answer(
    store: Store, capsys: pytest.CaptureFixture[str]
) -> None:
    web = a_service(store)
    a_deployment(store, web, 1, Status.LIVE)
    store.repositories.see(EMPTY, NOON)
    assert main(["why", sha(1)]) == 0
    assert capsys.readouterr().out.startswith("web (production): Live")
    assert main(["why", sha(9)]) == 1
    assert "nothing was heard of it" in capsys.readouterr().err


def test_a_service_tells_whose_commit_is_meant(store: Store, capsys: pytest.CaptureFixture[str]) -> None:
    """Forks and copies have the same commits."""
    web = a_service(store)
    other = RepositorySeen(
        repository_id=5, installation_id=8, owner="acme", name="copy", default_branch="main", private=False
    )
    store.repositories.see(other, NOON)
    store.services.ensure(5, "copied", {"name": "copied"})
    a_deployment(store, web, 1, Status.SKIPPED)
    assert main(["why", sha(3)]) == 1
    assert main(["why", sha(3), "--service", "copied"]) == 0
    assert capsys.readouterr().out.startswith("copied (production): Nothing was heard of this commit")
