"""`tidegate run`: written down for the watcher."""

from __future__ import annotations

import pytest

from cli.main import main
from tests.tidegate.store.given import a_deployment, a_service
from tidegate.cronrun import RunTrigger
from tidegate.deployment import Status
from tidegate.permission import OPERATOR
from tidegate.repository import PRODUCTION
from tidegate.store import Store


@pytest.fixture(autouse=True)
def services(machine: Store) -> None:
    service = a_service(machine, "report")
    definition = {"name": "report", "type": "cron", "schedule": "0 3 * * *"}
    machine.services.ensure(service.repository_id, "report", definition)
    a_deployment(machine, service, status=Status.LIVE)
    a_service(machine, "web")


@pytest.mark.parametrize("name", ["report", "acme/shop/report"])
def test_a_run_is_asked_for(store: Store, capsys: pytest.CaptureFixture[str], name: str) -> None:
    assert main(["run", name]) == 0
    (asked,) = store.cron_runs.open()
    assert (asked.trigger, asked.actor, asked.environment) == (RunTrigger.MANUAL, OPERATOR, PRODUCTION)
    assert capsys.readouterr().out.startswith(f"{name}: run {asked.id} begins at once")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["reprot"], "there is no service `reprot`; there are `acme/shop/report`, `acme/shop/web`"),
        (["report", "--environment", "pr-7"], "nothing of `report` is live in `pr-7`"),
        (["web"], "`web` is of type `web`, and only cron services have runs"),
    ],
)
def test_what_cannot_be_run_is_said(
    store: Store, capsys: pytest.CaptureFixture[str], words: list[str], told: str
) -> None:
    assert main(["run", *words]) == 1
    assert told in capsys.readouterr().err
    assert store.cron_runs.open() == []
