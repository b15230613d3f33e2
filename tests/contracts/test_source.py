"""The port `Source`, judged on the fake and on real git over HTTP alike."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Protocol

import pytest

from tests.fakes.source import FakeSource
from tests.git_server import GitServer
from tidegate.repository import Repository
from worker.ports import Canceled, Refused, Source, Unavailable
from worker.source import GitSource

SHOP = Repository(1, 7, "acme", "shop", "main", private=True)


class Stage(Protocol):
    """A source, and the repository SHOP that it reads."""

    @property
    def source(self) -> Source: ...
    def commit(self, files: Mapping[str, str]) -> str:
        """The SHA of a commit that has these files besides those that were there."""
        ...

    def go_down(self) -> None: ...
    def vanish(self) -> None: ...


class FakeStage:
    def __init__(self) -> None:
        self._commits: dict[str, dict[str, str]] = {}
        self.source = FakeSource(lambda repository, sha: self._commits.get(sha))

    def commit(self, files: Mapping[str, str]) -> str:
        before = [*self._commits.values()][-1] if self._commits else {}
        sha = f"{len(self._commits) + 1:040x}"
        self._commits[sha] = {**before, **files}
        return sha

    def go_down(self) -> None:
        self.source.trouble = "acme/shop can't be fetched just now"

    def vanish(self) -> None:
        self.source.refusal = "acme/shop is gone"


class RealStage:
    def __init__(self, server: GitServer, mirrors: Path) -> None:
        self._server = server
        server.create("acme/shop.git")
        self.source = GitSource(mirrors, lambda repository, rejected: (f"{server.url}/acme/shop.git", server.token))

    def commit(self, files: Mapping[str, str]) -> str:
        return self._server.commit("acme/shop.git", files)

    def go_down(self) -> None:
        self._server.fault = 503

    def vanish(self) -> None:
        (self._server.root / "acme/shop.git").rename(self._server.root / "moved")


@pytest.fixture(params=["fake", "real"])
def stage(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Stage]:
    if request.param == "fake":
        yield FakeStage()
        return
    with GitServer(tmp_path / "repositories", "token").serving() as server:
        yield RealStage(server, tmp_path / "mirrors")


@pytest.fixture
def into(tmp_path: Path) -> Path:
    path = tmp_path / "tree"
    path.mkdir()
    return path


def never() -> bool:
    return False


def files(tree: Path) -> dict[str, str]:
    return {str(path.relative_to(tree)): path.read_text() for path in tree.rglob("*") if path.is_file()}


def test_the_tree_is_written_as_it_was_at_the_commit(stage: Stage, into: Path) -> None:
    sha = stage.commit({"a.txt": "1", "deep/er/b.txt": "1"})
    stage.commit({"a.txt": "2"})
    stage.source.export(SHOP, sha, into, 60, never)
    assert files(into) == {"a.txt": "1", "deep/er/b.txt": "1"}


def test_what_was_fetched_once_is_there_while_the_other_side_is_down(stage: Stage, into: Path, tmp_path: Path) -> None:
    sha = stage.commit({"a.txt": "1"})
    stage.source.export(SHOP, sha, into, 60, never)
    stage.go_down()
    (tmp_path / "again").mkdir()
    stage.source.export(SHOP, sha, tmp_path / "again", 60, never)
    assert files(tmp_path / "again") == {"a.txt": "1"}


def test_a_commit_that_is_not_there_is_refused(stage: Stage, into: Path) -> None:
    stage.commit({"a.txt": "1"})
    with pytest.raises(Refused, match="acme/shop doesn't have this commit"):
        stage.source.export(SHOP, "f" * 40, into, 60, never)


def test_a_repository_that_vanished_is_refused(stage: Stage, into: Path) -> None:
    sha = stage.commit({"a.txt": "1"})
    stage.vanish()
    with pytest.raises(Refused, match="acme/shop is gone"):
        stage.source.export(SHOP, sha, into, 60, never)


def test_a_server_that_is_down_is_unavailable(stage: Stage, into: Path) -> None:
    sha = stage.commit({"a.txt": "1"})
    stage.go_down()
    with pytest.raises(Unavailable, match="can't be fetched just now"):
        stage.source.export(SHOP, sha, into, 60, never)


def test_what_is_stopped_is_canceled(stage: Stage, into: Path) -> None:
    sha = stage.commit({"a.txt": "1"})
    with pytest.raises(Canceled):
        stage.source.export(SHOP, sha, into, 60, lambda: True)
    assert files(into) == {}
