"""A static site on real parts: built, served by its file server behind the router, and switched as a whole."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from tests.e2e.apps import Files
from tests.e2e.caddy_base import caddy_base
from tests.e2e.project import Project
from tests.e2e.waiting import wait_for

pytestmark = pytest.mark.e2e

DEPLOY_FILE = """\
services:
  - name: app
    type: static
    staticPublishPath: public
    headers:
      - {path: /*, name: X-Frame-Options, value: DENY}
    routes:
      - {type: redirect, source: /old/*, destination: /new/*}
      - {type: rewrite, source: /*, destination: /index.html}
"""


@pytest.fixture(scope="module", autouse=True)
def base() -> Iterator[str]:
    with caddy_base() as name:
        yield name


def pages(greeting: str) -> Files:
    return {"tidegate.yml": DEPLOY_FILE, "public/index.html": greeting, "public/.secret": "hidden", "README": "no page"}


def get(project: Project, path: str) -> httpx.Response:
    host = f"{project.service}.{project.world.settings.domain}"
    return httpx.get(f"http://127.0.0.1:{project.world.router_port}{path}", headers={"Host": host}, trust_env=False)


def test_it_is_served_by_its_rules_switched_as_a_whole_and_a_broken_version_changes_nothing(project: Project) -> None:
    first = project.push(pages("one"))
    check = project.live(first)
    assert f"http://{project.service}." in check["output"]["summary"]
    home = get(project, "/")
    assert (home.status_code, home.text, home.headers["x-frame-options"]) == (200, "one", "DENY")
    assert get(project, "/deep/link").text == "one"
    assert get(project, "/.secret").text == get(project, "/README").text == "one"
    moved = get(project, "/old/x?q=1")
    assert (moved.status_code, moved.headers["location"]) == (301, "/new/x?q=1")

    broken = project.push({"tidegate.yml": DEPLOY_FILE.replace("public", "dist")})
    failed = project.ended(broken, "failure")
    assert "There is no directory `dist` here" in f"{failed['output']['summary']} {failed['output']['text']}"
    assert get(project, "/").text == "one"

    second = project.push(pages("two"))
    project.live(second)
    wait_for(lambda: get(project, "/").text == "two", "the second version to be served", 30, project.log)
    again = get(project, "/")
    assert again.headers["etag"] != home.headers["etag"]
    known = {"Host": f"{project.service}.{project.world.settings.domain}", "If-None-Match": again.headers["etag"]}
    asked = httpx.get(f"http://127.0.0.1:{project.world.router_port}/", headers=known, trust_env=False)
    assert asked.status_code == 304
    assert project.visit_version(first).text == "one"
