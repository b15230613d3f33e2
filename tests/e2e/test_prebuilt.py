"""A service whose image somebody else builds: deployed by its hook, from a registry, and rolled back by digest."""

from __future__ import annotations

from collections.abc import Iterator
from http import HTTPStatus
from pathlib import Path

import httpx
import pytest

from cli.hub import Json
from tests.e2e.apps import web
from tests.e2e.project import Project
from tests.e2e.waiting import wait_for
from tests.image_registry import ImageRegistry, image_registry

pytestmark = pytest.mark.e2e


@pytest.fixture
def registry(tmp_path: Path) -> Iterator[ImageRegistry]:
    with image_registry(tmp_path) as made:
        yield made


class Prebuilt:
    """The service as its deploy file has it, with the tag 1 of an image that its registry needn't have yet."""

    def __init__(self, registry: ImageRegistry, project: Project) -> None:
        self.project, self._registry = project, registry
        self.image = f"{registry.address}/team/{project.service}"
        file = f"services:\n  - name: app\n    type: web\n    runtime: image\n    image:\n      url: {self.image}:1\n"
        self.sha = project.push({"tidegate.yml": file})
        project.ended(self.sha, "skipped")
        self._browser = project.world.sign_in(project.owner)
        made = self._browser.post(f"/api/v1/services/{self.newest()['service_id']}/deploy-hook")
        assert made.status_code == HTTPStatus.CREATED, made.text
        self._hook = made.json()["url"]

    def publish(self, tag: str, greeting: str) -> None:
        self._registry.publish(f"{self.image}:{tag}", web(greeting))

    def call(self, method: str = "POST", **told: str) -> httpx.Response:
        """The hook, as a script does."""
        return httpx.request(method, self._hook, params=told, trust_env=False, timeout=60)

    def newest(self) -> Json:
        newest: Json = self._browser.get("/api/v1/deployments").json()["deployments"][0]
        return newest

    def becomes(self, status: str) -> Json:
        """The newest deployment, once its status is this."""

        def look() -> Json | None:
            newest = self.newest()
            return newest if newest["status"] == status else None

        return wait_for(look, f"the newest deployment to be {status}", 60, self.project.log)

    def serves(self, greeting: str) -> None:
        wait_for(lambda: self.project.serves(greeting, self.sha), f"“{greeting}” to be served", 60, self.project.log)


def test_its_hook_deploys_a_tag_and_a_rollback_runs_what_was_fetched_first(
    registry: ImageRegistry, project: Project
) -> None:
    service = Prebuilt(registry, project)
    service.publish("1", "one")
    service.publish("2", "two")
    assert service.call().status_code == HTTPStatus.CREATED
    service.serves("one")
    first = service.becomes("live")
    assert first["image"].startswith(f"{service.image}@sha256:")

    assert service.call("GET", imageUrl=f"{service.image}:2").status_code == HTTPStatus.CREATED
    service.serves("two")
    second = service.becomes("live")
    assert second["image"] != first["image"]

    service.publish("1", "moved")
    project.press(project.live(service.sha), "rollback")
    service.serves("one")
    back = service.becomes("live")
    assert (back["trigger"], back["image"], back["image_id"]) == ("rollback", first["image"], first["image_id"])

    assert service.call().status_code == HTTPStatus.CREATED
    service.serves("moved")


def test_its_hook_runs_no_other_image(registry: ImageRegistry, project: Project) -> None:
    service = Prebuilt(registry, project)
    before = service.newest()
    refused = service.call(imageUrl=f"{registry.address}/team/other:1")
    assert refused.status_code == HTTPStatus.BAD_REQUEST
    assert service.image in refused.json()["detail"]
    assert service.newest() == before


def test_a_tag_that_the_registry_does_not_have_fails_and_the_old_version_serves_on(
    registry: ImageRegistry, project: Project
) -> None:
    service = Prebuilt(registry, project)
    service.publish("1", "one")
    service.call()
    service.serves("one")
    service.becomes("live")
    service.call(imageUrl=f"{service.image}:3")
    assert f"{service.image}:3" in service.becomes("failed")["reason"]
    check = project.becomes(service.sha, "failure")
    assert f"{service.image}:3" in check["output"]["title"] + check["output"]["summary"]
    service.serves("one")
