"""A service's secret address: who knows it has the service deployed, and nobody else."""

from __future__ import annotations

from http import HTTPStatus

import httpx
import pytest

from cli.hub import Json
from tests.e2e.apps import web
from tests.e2e.project import Project
from tests.e2e.waiting import wait_for

pytestmark = pytest.mark.e2e

#: The log's words where an image is used again.
REUSED = "nothing to build"


class Hooked:
    """A project of which two versions were live, and its owner's browser."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self.first = project.push(web("one"))
        project.live(self.first)
        self.second = project.push({"www/index.html": "two\n"})
        check = project.live(self.second)
        self.browser = project.world.sign_in(project.owner)
        self.service = self.deployment(check["details_url"])["service_id"]

    def deployment(self, url: str) -> Json:
        found: Json = self.browser.get(f"/api/v1/deployments/{url.rpartition('/')[2]}").json()
        return found

    def renew(self) -> str:
        answer = self.browser.post(f"/api/v1/services/{self.service}/deploy-hook")
        assert answer.status_code == HTTPStatus.CREATED, answer.text
        return str(answer.json()["url"])

    def deployed(self, answer: httpx.Response, sha: str) -> str:
        """The log of the deployment that the hook made, once it is live."""
        assert (answer.status_code, answer.json().get("sha")) == (HTTPStatus.CREATED, sha), answer.text
        url = answer.json()["url"]
        wait_for(lambda: self.deployment(url)["status"] == "live", "it to be live", 60, self.project.log)
        self.project.routed(sha)
        return self.browser.get(f"/api/v1/deployments/{url.rpartition('/')[2]}/logs").text


def call(method: str, url: str, **more: str) -> httpx.Response:
    """As a script does, which has signed in nowhere. `more` goes into the query, or the body of a POST."""
    with httpx.Client(trust_env=False, timeout=30) as script:
        return script.get(url, params=more) if method == "GET" else script.post(url, json=more)


def test_a_deploy_hook_deploys_what_it_is_told_to(project: Project) -> None:
    hooked = Hooked(project)
    url = hooked.renew()
    assert REUSED in hooked.deployed(call("GET", url, ref=hooked.first[:7]), hooked.first)
    assert REUSED in hooked.deployed(call("POST", url), hooked.second)
    project.checkout.git("push", "--quiet", "origin", f"{hooked.first}:refs/tags/v1")
    assert REUSED not in hooked.deployed(call("POST", url, ref="v1", clearCache="clear"), hooked.first)
    third = project.push({"www/index.html": "three\n"})
    project.live(third)
    assert project.serves("three", third), "a hook leaves auto-deploy on"


def test_a_deploy_hook_refuses_what_it_does_not_know(project: Project) -> None:
    hooked = Hooked(project)
    old = hooked.renew()
    for more, status in (
        ({"ref": "nowhere"}, HTTPStatus.NOT_FOUND),
        ({"imageUrl": "example.com/app:1"}, HTTPStatus.BAD_REQUEST),
        ({"clearCache": "perhaps"}, HTTPStatus.BAD_REQUEST),
    ):
        refused = call("POST", old, **more)
        assert (refused.status_code, refused.headers["content-type"]) == (status, "application/problem+json")
        assert refused.json()["detail"]
    assert call("POST", f"{old[:-1]}{'a' if old[-1] != 'a' else 'b'}").status_code == HTTPStatus.FORBIDDEN

    project.world.github.set_permission(project.full_name, f"{project.owner}-write", "write")
    writer = project.world.sign_in(f"{project.owner}-write")
    address = f"/api/v1/services/{hooked.service}/deploy-hook"
    assert {writer.get(address).status_code, writer.post(address).status_code} == {HTTPStatus.FORBIDDEN}

    new = hooked.renew()
    assert call("POST", old).status_code == HTTPStatus.FORBIDDEN, "there is a new key"
    hooked.deployed(call("POST", new, ref="main"), hooked.second)
