"""A repository on a real git server, and a source that exports it: what the stories of fetching begin with."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.git_server import GitServer
from tidegate.repository import Repository
from worker.source import GitSource

SHOP = Repository(1, 7, "acme", "shop", "main", private=True)
TOKEN = "ghs_0123456789abcdef"


@pytest.fixture
def server(tmp_path: Path) -> Iterator[GitServer]:
    with GitServer(tmp_path / "repositories", TOKEN).serving() as made:
        made.create("acme/shop.git")
        yield made


@pytest.fixture
def source(tmp_path: Path, server: GitServer) -> GitSource:
    return GitSource(tmp_path / "mirrors", lambda repository, rejected: (f"{server.url}/acme/shop.git", server.token))


def never() -> bool:
    return False


class Exports:
    def __init__(self, source: GitSource, place: Path) -> None:
        self._source = source
        self._place = place

    def __call__(self, sha: str) -> Path:
        into = self._place / f"tree-{len(list(self._place.glob('tree-*')))}"
        into.mkdir()
        self._source.export(SHOP, sha, into, 60, never)
        return into


@pytest.fixture
def export(source: GitSource, tmp_path: Path) -> Exports:
    return Exports(source, tmp_path)


def files(tree: Path) -> dict[str, str]:
    return {str(p.relative_to(tree)): p.read_text() for p in tree.rglob("*") if p.is_file() and not p.is_symlink()}
