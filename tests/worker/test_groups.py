"""Services that name a group have the same variables, in each environment their own; on fakes."""

from __future__ import annotations

from tests.worker.house import DOCKERFILE, House
from tests.worker.test_references import environment
from tidegate.repository import PRODUCTION

FILE = """\
services:
  - name: web
    envVars:
      - fromGroup: shared
      - {key: MODE, value: own}
  - name: api
    envVars:
      - fromGroup: shared
envVarGroups:
  - name: shared
    envVars:
      - {key: MODE, value: live, previewValue: test}
      - {key: SALT, generateValue: true}
      - {key: TOKEN, generateValue: true, copyToPreviews: true}
previews:
  generation: automatic
"""


def test_what_is_generated_for_a_group_is_the_same_for_its_services(house: House) -> None:
    repository = house.repository()
    sha = house.push(repository, {"tidegate.yml": FILE, "Dockerfile": DOCKERFILE})
    house.work()
    web, api = environment(house, "web"), environment(house, "api")
    assert (web["MODE"], api["MODE"]) == ("own", "live")
    assert web["SALT"] == api["SALT"] != web["TOKEN"] == api["TOKEN"]
    snapshot = house.store.snapshots.of(house.row(repository, sha).id)
    assert snapshot is not None
    assert snapshot.hidden == {"SALT", "TOKEN"}


def test_a_preview_has_its_own_and_leaves_none(house: House) -> None:
    repository = house.repository()
    house.push(repository, {"tidegate.yml": FILE, "Dockerfile": DOCKERFILE})
    house.work()
    pull = house.open(repository)
    house.work()
    place = f"pr-{pull.number}"
    web, api, production = environment(house, "web", place), environment(house, "api", place), environment(house, "api")
    assert api["MODE"] == "test"
    assert web["SALT"] == api["SALT"] != production["SALT"]
    assert web["TOKEN"] == production["TOKEN"]

    house.github.close_pull(repository, pull.number)
    house.changed(repository, pull.number)
    house.watch(200)
    assert house.left_of(repository, pull.number) == []
    assert house.store.group_variables.of(repository.id, "shared", place) == {}
    assert set(house.store.group_variables.of(repository.id, "shared", PRODUCTION)) == {"SALT", "TOKEN"}
