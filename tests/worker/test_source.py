"""Real git over real HTTP: what is exported, what crosses the network, and who sees the token."""

from __future__ import annotations

import base64
import os
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.git_server import GitServer, git
from tests.waiting import wait_until
from tests.worker.shop import SHOP, TOKEN, Exports, export, files, never, server, source
from tidegate.repository import Repository
from worker.ports import Refused
from worker.source import GitSource

__all__ = ["export", "server", "source"]


# What is exported


def test_exactly_the_commit_and_nothing_of_git(server: GitServer, export: Exports) -> None:
    first = server.commit("acme/shop.git", {"a.txt": "1", "deep/b.txt": "1"})
    second = server.commit("acme/shop.git", {"a.txt": "2"})
    assert files(export(first)) == {"a.txt": "1", "deep/b.txt": "1"}
    assert files(export(second)) == {"a.txt": "2", "deep/b.txt": "1"}


def test_modes_and_links_are_kept_and_links_not_followed(server: GitServer, export: Exports, tmp_path: Path) -> None:
    work = server.work("acme/shop.git")
    server.commit("acme/shop.git", {"run.sh": "#!/bin/sh\n", "a.txt": "a"})
    (work / "run.sh").chmod(0o755)
    (work / "out").symlink_to(tmp_path)
    tree = export(server.push("acme/shop.git", work))
    assert os.access(tree / "run.sh", os.X_OK)
    assert not os.access(tree / "a.txt", os.X_OK)
    assert (tree / "out").readlink() == tmp_path


def test_attributes_for_archives_change_nothing(server: GitServer, export: Exports) -> None:
    told = {
        ".gitattributes": "kept.txt export-ignore\nfilled.txt export-subst\n",
        "kept.txt": "kept",
        "filled.txt": "$Format:%H$",
    }
    assert files(export(server.commit("acme/shop.git", told))) == told


def test_filters_and_hooks_of_the_repository_run_nothing(server: GitServer, export: Exports, tmp_path: Path) -> None:
    told = {
        ".gitattributes": "* filter=evil\n",
        ".gitconfig": f'[filter "evil"]\n smudge = touch {tmp_path}/smudged\n',
        "hooks/post-checkout": f"#!/bin/sh\ntouch {tmp_path}/hooked\n",
    }
    assert files(export(server.commit("acme/shop.git", told))) == told
    assert not (tmp_path / "smudged").exists()
    assert not (tmp_path / "hooked").exists()


# What crosses the network


def test_what_was_fetched_once_needs_no_network(server: GitServer, export: Exports) -> None:
    sha = server.commit("acme/shop.git", {"a.txt": "1"})
    export(sha)
    server.fault, asked = 503, len(server.requests)
    assert files(export(sha)) == {"a.txt": "1"}
    assert len(server.requests) == asked


def test_a_fetch_is_two_requests(server: GitServer, export: Exports) -> None:
    export(server.commit("acme/shop.git", {"a.txt": "1"}))
    sha, asked = server.commit("acme/shop.git", {"a.txt": "2"}), len(server.requests)
    export(sha)
    assert len(server.requests) == asked + 2


def test_a_commit_that_no_branch_holds_any_more_is_still_fetched(server: GitServer, export: Exports) -> None:
    sha = server.commit("acme/shop.git", {"a.txt": "1"})
    git(server.work("acme/shop.git"), "commit", "--quiet", "--amend", "--message", "forced")
    server.push("acme/shop.git", server.work("acme/shop.git"))
    assert files(export(sha)) == {"a.txt": "1"}


def test_two_at_once_both_get_their_trees(server: GitServer, source: GitSource, tmp_path: Path) -> None:
    shas = [server.commit("acme/shop.git", {"a.txt": str(number)}) for number in range(4)] * 2

    def one(number: int) -> str:
        into = tmp_path / f"tree-{number}"
        into.mkdir()
        source.export(SHOP, shas[number], into, 60, never)
        return (into / "a.txt").read_text()

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(one, range(8))) == [str(number % 4) for number in range(8)]


# The token


def test_a_token_that_was_revoked_is_replaced_once(server: GitServer, tmp_path: Path) -> None:
    rejected = []

    def credentials(repository: Repository, no_more: str | None) -> tuple[str, str]:
        rejected.append(no_more)
        return f"{server.url}/acme/shop.git", TOKEN if no_more == "ghs_revoked" else "ghs_revoked"

    sha = server.commit("acme/shop.git", {"a.txt": "1"})
    assert files(Exports(GitSource(tmp_path / "mirrors", credentials), tmp_path)(sha)) == {"a.txt": "1"}
    assert rejected[-1] == "ghs_revoked"

    server.token = "another"
    other = server.commit("acme/shop.git", {"a.txt": "2"})
    with pytest.raises(Refused, match="Contents: read"):
        Exports(GitSource(tmp_path / "mirrors", credentials), tmp_path)(other)


def test_the_token_is_on_no_disk_and_in_no_command_line(server: GitServer, source: GitSource, tmp_path: Path) -> None:
    sha = server.commit("acme/shop.git", {"a.txt": "1"})
    encoded = base64.b64encode(f"x-access-token:{TOKEN}".encode()).decode()
    server.gate.clear()
    (tmp_path / "tree").mkdir()
    fetch = threading.Thread(target=source.export, args=(SHOP, sha, tmp_path / "tree", 60, never))
    fetch.start()
    try:
        wait_until(lambda: bool(server.requests))
        lines = command_lines()
    finally:
        server.gate.set()
        fetch.join()
    assert any("fetch" in line and str(server.url) in line for line in lines)
    assert not any(TOKEN in line or encoded in line for line in lines)
    assert server.authorizations[0] == f"Basic {encoded}"
    for path in (*(tmp_path / "mirrors").rglob("*"), *(tmp_path / "tree").rglob("*")):
        if path.is_file():
            assert TOKEN.encode() not in path.read_bytes()
            assert encoded.encode() not in path.read_bytes()


def command_lines() -> list[str]:
    found = []
    for process in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            found.append(process.read_text(errors="replace").replace("\0", " "))
        except OSError:
            continue
    return found
