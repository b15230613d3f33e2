"""Private registries, for images that are pulled and for those that a build begins with; on the fake and real alike."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.contracts.engine_stage import Stage, ignore, never, order, stage
from tests.contracts.registry_stage import Registry, private_registry
from tests.image_registry import PASSWORD, USERNAME
from tidegate.registry import Login
from worker.hosts import buildkit
from worker.ports import BuildFailed, BuildOrder, Refused

__all__ = ["private_registry", "stage"]


@pytest.fixture
def login(private_registry: Registry) -> Login:
    return Login("team", private_registry.address, USERNAME, PASSWORD)


@pytest.fixture
def image(private_registry: Registry) -> str:
    """Of an image that is there."""
    name = f"{private_registry.address}/team/app:1"
    private_registry.publish(name, "echo one")
    return name


@pytest.fixture(params=["buildkit", "classic"])
def builder(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.param == "classic":
        monkeypatch.setattr(buildkit, "find_command", lambda: None)


def based_on(stage: Stage, context: Path, image: str) -> BuildOrder:
    """Of what this test has published."""
    made = order(stage, context)
    (context / "Dockerfile").write_text(f"FROM {image}\n")
    return replace(made, no_cache=True)


def wrong(login: Login) -> Login:
    return replace(login, password="quite-another-one")


def test_an_image_is_fetched_with_the_credential_only(stage: Stage, image: str, login: Login) -> None:
    with pytest.raises(Refused, match="no basic auth"):
        stage.engine.pull(image, ignore, 60, never)
    told: list[str] = []
    by_digest, image_id = stage.engine.pull(image, told.append, 60, never, login)
    assert stage.engine.image_id(by_digest) == image_id
    assert PASSWORD not in "".join(told)


def test_a_wrong_password_is_told_by_the_credentials_name(stage: Stage, image: str, login: Login) -> None:
    with pytest.raises(Refused, match="does not accept the credential `team`") as refused:
        stage.engine.pull(image, ignore, 60, never, wrong(login))
    assert wrong(login).password not in str(refused.value)


@pytest.mark.usefixtures("builder")
def test_a_build_has_its_base_with_the_credential_only(stage: Stage, tmp_path: Path, image: str, login: Login) -> None:
    todo = based_on(stage, tmp_path, image)
    with pytest.raises(BuildFailed):
        stage.engine.build(todo, ignore, 60, never)
    told: list[str] = []
    image_id = stage.engine.build(replace(todo, login=login), told.append, 60, never)
    assert stage.engine.image_id(todo.image) == image_id
    assert PASSWORD not in "".join(told)


@pytest.mark.usefixtures("builder")
def test_a_build_with_a_wrong_password_is_refused(stage: Stage, tmp_path: Path, image: str, login: Login) -> None:
    todo = replace(based_on(stage, tmp_path, image), login=wrong(login))
    with pytest.raises(Refused, match="does not accept the credential `team`"):
        stage.engine.build(todo, ignore, 60, never)
