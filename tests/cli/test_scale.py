"""`tidegate scale`: written down for the watcher; which service is meant must be plain."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from cli.main import main
from tests.tidegate.store.given import NOON, REPOSITORY, a_service
from tidegate.permission import OPERATOR
from tidegate.repository import PRODUCTION, Service
from tidegate.scaling import Scaling
from tidegate.store import Store


@pytest.fixture
def service(machine: Store) -> Service:
    made = a_service(machine)
    machine.environments.ensure(made.id, PRODUCTION)
    return made


def wish(store: Store, service: Service) -> Scaling | None:
    place = store.environments.get(service.id, PRODUCTION)
    assert place is not None
    return place.scaling


@pytest.mark.parametrize("name", ["web", "acme/shop/web"])
def test_a_service_is_scaled_and_the_timeline_says_by_whom(
    store: Store, service: Service, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    assert main(["scale", name, "3"]) == 0
    assert capsys.readouterr().out == f"{name}: scaled from 1 to 3 instances, from its next deploy on\n"
    assert wish(store, service) == Scaling(3, instead_of=1)
    (entry,) = store.timeline.of_service(service.repository_id, service.name, 10)
    assert (entry.kind, entry.actor) == ("scaled", OPERATOR)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["wbe", "2"], "there is no service `wbe`; there is `acme/shop/web`"),
        (["web", "0"], "from 1 to 20"),
        (["web", "21"], "from 1 to 20"),
        (["web", "2", "--environment", "pr-7"], "never deployed to `pr-7`"),
    ],
)
def test_what_cannot_be_done_is_said(
    store: Store, service: Service, capsys: pytest.CaptureFixture[str], words: list[str], told: str
) -> None:
    assert main(["scale", *words]) == 1
    assert told in capsys.readouterr().err
    assert wish(store, service) is None


def test_a_name_that_two_repositories_have_is_asked_about(
    store: Store, service: Service, capsys: pytest.CaptureFixture[str]
) -> None:
    store.repositories.see(replace(REPOSITORY, repository_id=REPOSITORY.repository_id + 1, name="other"), NOON)
    store.services.ensure(REPOSITORY.repository_id + 1, "web", {"name": "web"})
    assert main(["scale", "web", "2"]) == 1
    assert "which one? acme/other/web, acme/shop/web" in capsys.readouterr().err
    assert wish(store, service) is None


@pytest.mark.usefixtures("machine")
def test_without_a_store_it_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TIDEGATE_DATA", str(tmp_path / "empty"))
    assert main(["scale", "web", "2"]) == 2
    assert "The store isn't there" in capsys.readouterr().err
    assert not (tmp_path / "empty").exists(), "none is left behind"


@pytest.mark.usefixtures("nowhere")
def test_without_settings_or_a_server_it_says_how_to_get_either(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["scale", "web", "2"]) == 3
    told = capsys.readouterr()
    assert told.out == ""
    assert "tidegate login" in told.err
    assert "workers' machine" in told.err


def test_more_than_one_instance_with_a_disk_is_refused_with_the_reason(
    store: Store, service: Service, capsys: pytest.CaptureFixture[str]
) -> None:
    disk = {"name": "data", "mountPath": "/data"}
    store.services.ensure(service.repository_id, service.name, {**service.definition, "disk": disk})
    assert main(["scale", "web", "2"]) == 1
    assert "A service with a disk has one instance" in capsys.readouterr().err
    assert wish(store, service) is None
