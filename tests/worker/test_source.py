"""Real git over real HTTP: what is exported, what crosses the network, who sees the token, and what a crash leaves."""

from __future__ import annotations

import base64
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.git_server import GitServer, git
from tests.waiting import wait_until
from tidegate.repository import Repository
from worker import source as source_module
from worker.ports import Canceled, Refused, Unavailable
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
    return GitSource(tmp_path / "mirrors", lambda repository: (f"{server.url}/acme/shop.git", server.token))


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


# Submodules


def test_submodules_come_too_however_their_address_is_written(server: GitServer, export: Exports) -> None:
    nested = in_new(server, "acme/nested.git", {"n.txt": "n"})
    work = server.work("acme/lib.git")
    in_new(server, "acme/lib.git", {"l.txt": "l"})
    lib = with_submodule(server, "acme/lib.git", "inside", "../nested.git", nested)
    server.commit("acme/shop.git", {"a.txt": "1"})
    sha = with_submodule(server, "acme/shop.git", "libs/lib", f"{server.url}/acme/lib.git", lib)
    assert work.exists()
    tree = files(export(sha))
    assert tree == {
        ".gitmodules": tree[".gitmodules"],
        "a.txt": "1",
        "libs/lib/l.txt": "l",
        "libs/lib/.gitmodules": tree["libs/lib/.gitmodules"],
        "libs/lib/inside/n.txt": "n",
    }


def test_the_token_goes_to_no_other_host(server: GitServer, export: Exports, tmp_path: Path) -> None:
    with GitServer(tmp_path / "elsewhere", "another").serving() as other:
        other.create("public/lib.git")
        lib = other.commit("public/lib.git", {"l.txt": "l"})
        sha = with_submodule(server, "acme/shop.git", "lib", f"{other.url}/public/lib.git", lib)
        assert files(export(sha))["lib/l.txt"] == "l"
        assert set(other.authorizations) == {None}


@pytest.mark.parametrize("url", ["../gone.git", "file:///etc", "git@elsewhere.example:a/b.git"])
def test_a_submodule_that_cannot_be_had_is_named(server: GitServer, export: Exports, url: str) -> None:
    sha = with_submodule(server, "acme/shop.git", "libs/lib", url, "1" * 40)
    with pytest.raises(Refused, match="submodule `libs/lib`"):
        export(sha)


def test_submodules_without_end_are_refused(
    server: GitServer, export: Exports, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(source_module, "_DEEPEST", 2)
    inner = in_new(server, "acme/d0.git", {"x": "x"})
    for depth in (1, 2, 3):
        in_new(server, f"acme/d{depth}.git", {"x": "x"})
        inner = with_submodule(server, f"acme/d{depth}.git", "sub", f"../d{depth - 1}.git", inner)
    sha = with_submodule(server, "acme/shop.git", "sub", "../d3.git", inner)
    with pytest.raises(Refused, match="nest deeper than 2"):
        export(sha)


def test_an_entry_without_a_declaration_is_let_be(server: GitServer, export: Exports) -> None:
    work = server.work("acme/shop.git")
    server.commit("acme/shop.git", {"a.txt": "1"})
    git(work, "update-index", "--add", "--cacheinfo", f"160000,{'1' * 40},sub")
    (work / "sub").mkdir()
    assert files(export(server.push("acme/shop.git", work))) == {"a.txt": "1"}


@pytest.mark.parametrize("entry", ["120000 blob {blob}\t.gitmodules", "040000 tree {tree}\t.git"])
def test_a_tree_made_to_trick_git_is_refused(server: GitServer, export: Exports, tmp_path: Path, entry: str) -> None:
    """A link called .gitmodules, a directory called .git: no git makes them by itself."""
    server.commit("acme/shop.git", {"a.txt": "/etc/passwd"})
    work = server.work("acme/shop.git")
    listing = entry.format(blob=git(work, "rev-parse", "HEAD:a.txt"), tree=git(work, "rev-parse", "HEAD^{tree}"))
    tree = git(work, "mktree", told=f"{listing}\n")
    git(work, "reset", "--quiet", "--soft", git(work, "commit-tree", tree, "-m", "evil"))
    git(work, "push", "--quiet", "--force", str(server.root / "acme/shop.git"), "HEAD:refs/heads/main")
    with pytest.raises(Refused, match="git refuses"):
        export(git(work, "rev-parse", "HEAD"))


def in_new(server: GitServer, name: str, content: dict[str, str | bytes]) -> str:
    server.create(name)
    return server.commit(name, content)


def with_submodule(server: GitServer, name: str, path: str, url: str, sha: str) -> str:
    """A commit that has this submodule; its SHA."""
    work = server.work(name)
    server.commit(name, {".gitmodules": f'[submodule "{path}"]\n\tpath = {path}\n\turl = {url}\n'})
    git(work, "update-index", "--add", "--cacheinfo", f"160000,{sha},{path}")
    (work / path).mkdir(parents=True)
    return server.push(name, work)


# Bad days: those that the fake has too are in tests/contracts/test_source.py


@pytest.mark.parametrize(
    ("status", "raised", "said"),
    [
        (401, Refused, "refused our token for acme/shop"),
        (403, Refused, "refused our token for acme/shop"),
        (404, Refused, "acme/shop is gone"),
        (500, Unavailable, "can't be fetched just now"),
        (503, Unavailable, "can't be fetched just now"),
        (429, Unavailable, "can't be fetched just now"),
    ],
)
def test_what_the_server_answers(
    server: GitServer, export: Exports, status: int, raised: type[Exception], said: str
) -> None:
    server.fault = status
    with pytest.raises(raised, match=said) as trouble:
        export("1" * 40)
    assert TOKEN not in str(trouble.value)


def test_a_server_that_hangs_is_given_up(server: GitServer, source: GitSource, tmp_path: Path) -> None:
    (tmp_path / "tree").mkdir()
    server.gate.clear()
    with pytest.raises(Unavailable, match="not done after"):
        source.export(SHOP, "1" * 40, tmp_path / "tree", 0.2, never)
    with pytest.raises(Canceled):
        source.export(SHOP, "1" * 40, tmp_path / "tree", 60, lambda: bool(server.requests))


def test_a_worker_that_is_killed_in_a_fetch_leaves_a_mirror_that_works(
    server: GitServer, export: Exports, tmp_path: Path
) -> None:
    sha = server.commit("acme/shop.git", {"a.txt": "1"})
    server.gate.clear()
    program = f"""
from pathlib import Path
from tidegate.repository import Repository
from worker.source import GitSource
credentials = ({server.url + "/acme/shop.git"!r}, {TOKEN!r})
source = GitSource(Path({str(tmp_path / "mirrors")!r}), lambda repository: credentials)
source.export({SHOP!r}, {sha!r}, Path({str(tmp_path)!r}), 60, lambda: False)
"""
    worker = subprocess.Popen([sys.executable, "-c", program], cwd=Path(source_module.__file__).parents[1])
    try:
        wait_until(lambda: bool(server.requests))
    finally:
        os.kill(worker.pid, signal.SIGKILL)
        worker.wait()
        server.gate.set()
    assert files(export(sha)) == {"a.txt": "1"}


@pytest.mark.parametrize("left", ["shallow.lock", "HEAD.lock", "config.lock", "refs/tidegate/{sha}.lock"])
def test_locks_that_a_killed_git_left_stop_nobody(
    server: GitServer, export: Exports, tmp_path: Path, left: str
) -> None:
    export(server.commit("acme/shop.git", {"a.txt": "1"}))
    sha = server.commit("acme/shop.git", {"a.txt": "2"})
    (tmp_path / "mirrors" / "1.git" / left.format(sha=sha)).write_text("")
    assert files(export(sha)) == {"a.txt": "2"}


@pytest.mark.parametrize("harm", ["HEAD", "objects", "config"])
def test_a_broken_mirror_begins_anew(server: GitServer, export: Exports, tmp_path: Path, harm: str) -> None:
    """The call that meets it is told to come again, and then all is well."""
    sha = server.commit("acme/shop.git", {"a.txt": "1"})
    export(sha)
    mirror = tmp_path / "mirrors" / "1.git"
    for path in [p for p in (mirror / harm, *(mirror / harm).rglob("*")) if p.is_file()]:
        path.chmod(0o600)
        path.write_bytes(b"[broken")
    with pytest.raises(Unavailable, match="begins anew"):
        export(sha)
    assert files(export(sha)) == {"a.txt": "1"}


def test_a_mirror_does_not_grow_without_end(
    server: GitServer, export: Exports, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("worker.mirror._MOST_COMMITS", 2)
    for number in range(6):
        assert files(export(server.commit("acme/shop.git", {"a.txt": str(number)}))) == {"a.txt": str(number)}
        assert len(list((tmp_path / "mirrors" / "1.git" / "refs" / "tidegate").iterdir())) <= 3


def test_a_full_disk_says_so(server: GitServer, tmp_path: Path) -> None:
    """On a file system that is smaller than the commit."""
    sha = server.commit("acme/shop.git", {"a.txt": os.urandom(100_000)})
    small = tmp_path / "small"
    small.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=64k,nr_inodes=100", "tmpfs", str(small)], capture_output=True, check=False
    )
    if mounted.returncode != 0:
        pytest.skip("needs the right to mount")
    (tmp_path / "tree").mkdir()
    source = GitSource(small / "mirrors", lambda repository: (f"{server.url}/acme/shop.git", TOKEN))
    try:
        with pytest.raises(Unavailable, match="disk is full"):
            source.export(SHOP, sha, tmp_path / "tree", 60, never)
    finally:
        subprocess.run(["umount", str(small)], check=True)
