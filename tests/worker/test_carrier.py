"""Images that get from host to host by the registry that is set; where it can't be used they are copied."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.fakes.engine import FakeEngine
from tests.worker.house import WEB, House
from tests.worker.test_login import FETCHED
from tests.worker.test_prebuilt import hook
from tidegate.deployment import Status
from tidegate.registry import Login
from tidegate.repository import Repository

REGISTRY, PASSWORD = "registry.example.com", "open-sesame-open"
TWO = WEB + "    numInstances: 2\n"


@pytest.fixture
def house(tmp_path: Path) -> House:
    """Its registry lets nobody in but `carrier`."""
    made = House(
        tmp_path,
        TIDEGATE_HOSTS="here unix:///here, there unix:///there",
        REGISTRY_URL=f"{REGISTRY}/deploys",
        REGISTRY_CREDENTIAL="images",
    )
    here, there = made.engines.values()
    here.registry = there.registry
    for engine in (here, there):
        engine.locked[REGISTRY] = "carrier", PASSWORD
    return made


def know(house: House) -> None:
    house.store.registry_credentials.put(Login("images", REGISTRY, "carrier", PASSWORD), house.clock.now())


def live(house: House) -> tuple[FakeEngine, FakeEngine, str]:
    """Both hosts, and what the deploy's log says."""
    repository = house.repository()
    sha = house.push(repository, {"tidegate.yml": TWO})
    house.work()
    row = house.row(repository, sha)
    assert row.status is Status.LIVE, row.reason
    here, there = house.engines.values()
    assert {engine.image_id(row.image or "") for engine in (here, there)} == {row.image_id}
    return here, there, "\n".join(line.text for line in house.store.logs.tail(row.id, 1000))


def test_it_is_sent_once_under_the_name_of_its_content_and_fetched_by_digest(house: House) -> None:
    know(house)
    here, there, told = live(house)
    (image,) = here.images.values()
    (name,) = here.sent
    assert name.startswith(f"{REGISTRY}/deploys/tidegate/r")
    assert name.endswith(f":{image.id.removeprefix('sha256:')}")
    assert (there.sent, here.saved) == ([], [])
    assert list(there.images) == list(here.images), "by our own name alone, so that it is cleaned up"
    assert f"from the Docker host here to there by the registry {REGISTRY}" in told


def test_while_the_registry_is_down_it_is_copied_and_that_is_said(house: House) -> None:
    know(house)
    for engine in house.engines.values():
        engine.registry_trouble = "connection refused"
    here, _, told = live(house)
    assert len(here.saved) == 1
    assert f"the registry {REGISTRY} can't be used for that, so the image is copied" in told
    assert "connection refused" in told


def test_a_credential_that_nobody_has_set_is_told(house: House) -> None:
    here, _, told = live(house)
    assert len(here.saved) == 1
    assert "there is no registry credential `images`" in told


def deployed(house: House, file: str) -> tuple[Repository, str]:
    repository = house.repository()
    sha = house.push(repository, {"tidegate.yml": file})
    assert hook(house, repository.id, sha) == 201
    house.work()
    return repository, sha


@pytest.mark.parametrize(
    ("image", "said"),
    [
        (f"{REGISTRY}/deploys/tidegate/r7-web:1", "is ours"),
        (f"{REGISTRY}/team/app:1", "`images` is the server's own"),
    ],
)
def test_what_is_kept_there_is_for_its_own_repository_alone(house: House, image: str, said: str) -> None:
    know(house)
    file = FETCHED.replace("name: team", "name: images") + image + "\n"
    repository, sha = deployed(house, file)
    row = house.row(repository, sha)
    assert row.status is Status.FAILED
    assert said in row.reason
