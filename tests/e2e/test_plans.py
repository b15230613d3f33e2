"""A repository without a Dockerfile: what its tree amounts to is built, shown, and served."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.e2e.apps import Files
from tests.e2e.project import Project
from tests.e2e.python_base import NAME, VERSION, python_base
from tests.e2e.waiting import wait_for

pytestmark = pytest.mark.e2e

_SERVER = """\
import os
from http.server import BaseHTTPRequestHandler, HTTPServer

TEXTS = {"/": GREETING, "/commit": os.environ["TIDEGATE_COMMIT"]}


class Page(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(f"{TEXTS[self.path]}\\n".encode())


HTTPServer(("", int(os.environ["PORT"])), Page).serve_forever()
"""


def app(greeting: str, extra: str = "") -> Files:
    """A Python service as somebody writes it who has never heard of containers."""
    return {
        "tidegate.yml": f"services:\n  - name: app\n    type: web\n{extra}",
        "main.py": _SERVER.replace("GREETING", repr(greeting)),
        ".python-version": f"{VERSION}\n",
    }


@pytest.fixture(scope="module", autouse=True)
def base() -> Iterator[str]:
    with python_base() as name:
        yield name


def test_a_tree_goes_live_by_its_plan_which_its_log_shows_and_a_rollout_without_one_leaves_it_serving(
    project: Project,
) -> None:
    first = project.push(app("hello"))
    told = project.printed(project.live(first))
    assert project.serves("hello", first)
    assert f"FROM {NAME}" in told
    assert f"# Python {VERSION}: `.python-version`" in told
    assert 'CMD ["/bin/sh", "-c", "exec python main.py"]' in told

    broken = project.push({"main.py": None, "requirements.txt": "celery\n"})
    check = project.ended(broken, "failure")
    assert "set `startCommand`" in f"{check['output']['title']} {check['output']['summary']}"
    assert project.serves("hello", first)

    commands = "    runtime: python\n    buildCommand: mv main.py serve.py\n    startCommand: python serve.py\n"
    third = project.push({**app("by hand", commands), "requirements.txt": None})
    project.live(third)
    wait_for(lambda: project.serves("by hand", third), "the commands' service", 30, project.log)


def test_a_build_command_that_fails_says_so_and_annotates_nothing(project: Project) -> None:
    good = project.push(app("good"))
    project.live(good)
    bad = project.push(app("bad", "    buildCommand: echo compiling && exit 7\n"))
    check = project.ended(bad, "failure")
    assert "exit code 7" in f"{check['output']['title']} {check['output']['summary']}"
    assert "compiling" in f"{check['output']['summary']} {check['output']['text']}"
    assert project.annotations(check) == []
    assert project.serves("good", good)
