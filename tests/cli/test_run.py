"""`tidegate run`: written down for the watcher."""

from __future__ import annotations

from pathlib import Path

import pytest

from cli.main import main
from cli.run import run
from cli.up import MISSING
from tests.cli.test_up import COMPLETE
from tests.tidegate.store.given import a_deployment, a_service
from tidegate.cronrun import RunTrigger
from tidegate.deployment import Status
from tidegate.permission import OPERATOR
from tidegate.repository import PRODUCTION
from tidegate.store import Store


@pytest.fixture
def environment(tmp_path: Path, store: Store) -> dict[str, str]:
    service = a_service(store, "report")
    store.services.ensure(service.repository_id, "report", {"name": "report", "type": "cron", "schedule": "0 3 * * *"})
    a_deployment(store, service, status=Status.LIVE)
    a_service(store, "web")
    return {**COMPLETE, "TIDEGATE_DATA": str(tmp_path)}


@pytest.mark.parametrize("name", ["report", "acme/shop/report"])
def test_a_run_is_asked_for(
    store: Store, environment: dict[str, str], capsys: pytest.CaptureFixture[str], name: str
) -> None:
    assert run(environment, name, PRODUCTION) == 0
    (asked,) = store.cron_runs.open()
    assert (asked.trigger, asked.actor, asked.environment) == (RunTrigger.MANUAL, OPERATOR, PRODUCTION)
    assert capsys.readouterr().out.startswith(f"{name}: run {asked.id} begins at once")


@pytest.mark.parametrize(
    ("name", "place", "told"),
    [
        ("reprot", PRODUCTION, "there is no service `reprot`; there are `acme/shop/report`, `acme/shop/web`"),
        ("report", "pr-7", "nothing of `report` is live in `pr-7`"),
        ("web", PRODUCTION, "`web` is of type `web`, and only cron services have runs"),
    ],
)
def test_what_cannot_be_run_is_said(
    store: Store, environment: dict[str, str], capsys: pytest.CaptureFixture[str], name: str, place: str, told: str
) -> None:
    assert run(environment, name, place) == 1
    assert told in capsys.readouterr().err
    assert store.cron_runs.open() == []


def test_without_a_store_or_settings_it_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run({**COMPLETE, "TIDEGATE_DATA": str(tmp_path)}, "report", PRODUCTION) == MISSING
    assert "The store isn't there" in capsys.readouterr().out
    for name in COMPLETE:
        monkeypatch.delenv(name, raising=False)
    assert main(["run", "report"]) == MISSING
    assert "Nothing can be run" in capsys.readouterr().out
