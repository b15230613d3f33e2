"""One stand-in and one receiver for all of these tests; each test has a repository of its own."""

from __future__ import annotations

import itertools
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from standin.client import StandIn
from standin.process import running
from tests.standin.github import GitHub, app_jwt
from tests.standin.openapi import judge
from tests.standin.receiver import Receiver, receiving

SECRET = "it's a secret to everybody"
_numbers = itertools.count(1)


@dataclass(frozen=True)
class Place:
    """A running stand-in, who is in it, and where its webhooks arrive."""

    control: StandIn
    credentials: dict[str, Any]
    received: Receiver

    @property
    def api(self) -> str:
        return str(self.credentials["api_url"])

    @property
    def user(self) -> GitHub:
        return GitHub(self.api, self.credentials["user"]["token"])

    @property
    def app(self) -> GitHub:
        """The App, by JWT."""
        return GitHub(self.api, app_jwt(self.credentials["app"]))

    def installed(self, repo: str, slug: str = "tidegate") -> GitHub:
        """The App's installation on a repository, by token."""
        return GitHub(self.api, self.control.installation_token(slug, repo))

    def repo(self, **details: Any) -> str:
        """The full name of a fresh repository with one commit, owned by the first person."""
        name = f"octo/sample-{next(_numbers)}"
        details.setdefault("files", {"README.md": "# Sample\n"})
        self.control.create_repo(name, **details)
        return name

    def head(self, repo: str, branch: str = "main") -> str:
        return str(self.control.repo(repo)["refs"][f"refs/heads/{branch}"])


@pytest.fixture(scope="session")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    data = tmp_path_factory.mktemp("standin")
    with receiving() as (url, received):
        options = (
            "--webhook-url",
            url,
            "--webhook-secret",
            SECRET,
            "--callback-url",
            "http://127.0.0.1:1/callback",
            "--no-limits",
        )
        with running(data, *options) as credentials:
            control = StandIn(credentials["url"])
            yield Place(control, credentials, received)
            control.wait_idle()
            control.close()
    for hook in received.all:
        judge().webhook(hook.event, hook.payload)


@pytest.fixture(autouse=True)
def no_faults_left(request: pytest.FixtureRequest) -> Iterator[None]:
    yield
    if "place" in request.fixturenames:
        place: Place = request.getfixturevalue("place")
        place.control.clear_faults()


class Checkout:
    """A working copy that pushes over HTTP."""

    def __init__(self, path: Path, url: str) -> None:
        self.path = path
        self.url = url
        path.mkdir()
        self.git("init", "-q", "-b", "main")
        self.git("remote", "add", "origin", url)

    def git(self, *arguments: str, fails: bool = False) -> str:
        identity = ["-c", "user.name=Octo", "-c", "user.email=octo@example.com", "-c", "commit.gpgsign=false"]
        done = subprocess.run(
            ["git", *identity, *arguments], cwd=self.path, capture_output=True, text=True, check=False
        )
        assert bool(done.returncode) == fails, done.stderr
        return (done.stderr if fails else done.stdout).strip()

    def commit(self, files: dict[str, str], message: str = "Change") -> str:
        for name, text in files.items():
            where = self.path / name
            where.parent.mkdir(parents=True, exist_ok=True)
            where.write_text(text)
        self.git("add", "-A")
        self.git("commit", "-q", "--allow-empty", "-m", message)
        return self.git("rev-parse", "HEAD")


@pytest.fixture
def checkout(place: Place, tmp_path: Path) -> tuple[str, Checkout]:
    """(full name, working copy) of an empty private repository."""
    repo = place.repo(private=True, files={})
    return repo, Checkout(tmp_path / "work", place.control.clone_url(repo, place.credentials["user"]["token"]))
