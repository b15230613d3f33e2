"""A service sees another's address and variables, of its own environment; on fakes."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.worker.house import DOCKERFILE, DOMAIN, House
from tidegate.container import network_name
from tidegate.deployment import Fault, Status, Trigger
from tidegate.repository import PRODUCTION, Repository
from tidegate.routing import RoutingTable

FILE = """\
services:
  - name: web
    envVars:
      - {key: API, fromService: {name: api, property: hostport}}
      - {key: API_URL, fromService: {name: api, property: url}}
      - {key: API_TOKEN, fromService: {name: api, envVarKey: TOKEN}}
      - {key: API_KEY, fromService: {name: api, envVarKey: KEY}}
      - {key: API_MODE, fromService: {name: api, envVarKey: MODE}}
  - name: api
    port: 8080
    envVars:
      - {key: TOKEN, generateValue: true}
      - {key: KEY, sync: false}
      - {key: MODE, value: live, previewValue: test}
"""
FILES = {"tidegate.yml": FILE, "Dockerfile": DOCKERFILE}
PREVIEWED = {**FILES, "tidegate.yml": FILE + "previews:\n  generation: automatic\n"}


def environment(house: House, service: str, place: str = PRODUCTION) -> dict[str, str]:
    """Of the service's newest instance there."""
    found = [
        each.spec.environment
        for each in house.engine.containers.values()
        if (each.spec.labels["tidegate.service"], each.spec.labels["tidegate.environment"]) == (service, place)
    ]
    return dict(found[-1])


def begun(house: House, files: dict[str, str]) -> tuple[Repository, str]:
    repository = house.repository()
    sha = house.push(repository, files)
    house.work()
    return repository, sha


def keep(house: House, repository: Repository, service: str, name: str, value: str, place: str = PRODUCTION) -> None:
    found = house.store.services.known(repository.id, service, {})
    house.store.variables.set(found.id, place, name, value, "secret", house.clock.now())


def test_it_sees_the_other_s_address_and_variables(house: House) -> None:
    repository, sha = begun(house, FILES)
    web, api = environment(house, "web"), environment(house, "api")
    assert house.serving("api") == sha
    assert web["API"] == f"api:{api['PORT']}" == "api:8080"
    assert web["API_URL"] == api["TIDEGATE_URL"] == f"https://api.{DOMAIN}"
    assert web["API_TOKEN"] == api["TOKEN"] != ""
    assert (web["API_MODE"], api["MODE"]) == ("live", "live")
    assert "API_KEY" not in web, "nobody has set it yet"

    keep(house, repository, "api", "KEY", "hush")
    keep(house, repository, "api", "MODE", "slow")
    house.press(repository, house.row(repository, sha), Trigger.REDEPLOY)
    house.work()
    web = environment(house, "web")
    assert (web["API_KEY"], web["API_MODE"]) == ("hush", "slow"), "what is set for it counts for those who refer to it"
    keep(house, repository, "web", "API_MODE", "own")
    house.press(repository, house.row(repository, sha), Trigger.REDEPLOY)
    house.work()
    assert environment(house, "web")["API_MODE"] == "own", "what is set for itself counts before that"


def test_what_it_has_from_another_is_as_secret_as_there(house: House) -> None:
    repository = house.repository()
    keep(house, repository, "api", "KEY", "hush-hush")
    sha = house.push(repository, FILES)
    house.work()
    snapshot = house.store.snapshots.of(house.row(repository, sha).id)
    assert snapshot is not None
    assert snapshot.hidden == {"API_TOKEN", "API_KEY"}


def test_in_a_preview_it_sees_the_preview_s(house: House) -> None:
    repository, _ = begun(house, PREVIEWED)
    keep(house, repository, "api", "KEY", "of production")
    pull = house.open(repository)
    house.work()
    place = f"pr-{pull.number}"
    web, api = environment(house, "web", place), environment(house, "api", place)
    assert web["API_URL"] == api["TIDEGATE_URL"] == f"https://api-{place}.{DOMAIN}"
    assert web["API_TOKEN"] == api["TOKEN"] != environment(house, "api")["TOKEN"]
    assert web["API_MODE"] == "test"
    assert "API_KEY" not in web, "a secret of production, and not marked for previews"


def test_a_stranger_s_preview_gets_no_secret_by_a_reference(house: House) -> None:
    repository, _ = begun(house, PREVIEWED)
    production = environment(house, "api")
    keep(house, repository, "api", "KEY", "of production")
    theirs = PREVIEWED["tidegate.yml"].replace("sync: false", "sync: false, copyToPreviews: true")
    theirs = theirs.replace("generateValue: true", "generateValue: true, copyToPreviews: true")
    pull = house.open(repository, {"tidegate.yml": theirs}, fork_of="stranger")
    house.work()
    house.approve(repository, house.row(repository, pull.head_sha, "web", f"pr-{pull.number}"))
    house.work()
    seen = environment(house, "web", f"pr-{pull.number}")
    assert not {"of production", production["TOKEN"]} & set(seen.values())


def test_a_reference_that_leads_nowhere_deploys_nothing(house: House) -> None:
    repository, good = begun(house, FILES)
    bad = house.push(repository, {"tidegate.yml": FILE.replace("name: api, property", "name: apo, property")})
    house.work()
    row = house.row(repository, bad, "tidegate.yml")
    assert (row.status, row.fault) == (Status.FAILED, Fault.USER)
    assert [(each.line, each.message) for each in row.findings] == [
        (4, "There is no service `apo` in this file. Did you mean `api`?"),
        (5, "There is no service `apo` in this file. Did you mean `api`?"),
    ]
    assert house.serving() == good


def found(house: House, repository: Repository, name: str) -> list[str]:
    """The commits of the instances that are found by this name in production."""
    there = house.engine.found_by(network_name(repository.id, PRODUCTION), name)
    return [each.spec.labels["tidegate.sha"] for each in there]


def test_whose_name_another_has_is_found_by_it_and_only_what_is_live(house: House) -> None:
    repository, old = begun(house, FILES)
    assert (found(house, repository, "api"), found(house, repository, "web")) == ([old], [])
    doomed = house.push(repository, {**FILES, "Dockerfile": 'FROM scratch\nCMD ["/bin/sh", "-c", "exit 3"]\n'})
    house.work()
    assert house.status(repository, doomed, "api") is Status.FAILED
    assert found(house, repository, "api") == [old]
    new = house.push(repository, FILES)
    house.work()
    assert found(house, repository, "api") == [new]


def test_what_is_live_is_found_once_another_asks_for_it(house: House) -> None:
    silent = "services:\n  - name: api\n    port: 8080\n"
    asking = "  - name: web\n    envVars:\n      - {key: A, fromService: {name: api, property: host}}\n"
    repository, sha = begun(house, {**FILES, "tidegate.yml": silent})
    assert found(house, repository, "api") == []
    doomed = {"Dockerfile": 'FROM scratch\nCMD ["/bin/sh", "-c", "exit 3"]\n'}
    house.push(repository, {**doomed, "tidegate.yml": f"{silent}    autoDeployTrigger: off\n{asking}"})
    house.work()
    assert (house.serving("api"), found(house, repository, "api")) == (sha, [sha]), "before the other starts"


def test_it_has_its_name_before_the_router_sends_to_it(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    repository, _ = begun(house, FILES)
    apply, seen = house.router.apply, []

    def applied(table: Callable[[], RoutingTable]) -> None:
        seen.append(found(house, repository, "api"))
        apply(table)

    monkeypatch.setattr(house.router, "apply", applied)
    new = house.push(repository, FILES)
    house.work()
    assert all(len(each) == 2 for each in seen if new in each), "and the old one until it has"
    assert any(new in each for each in seen)
