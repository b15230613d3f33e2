"""Submodules over real HTTP: whatever their address, with the token for one host alone, and an end to nesting."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.git_server import GitServer, git
from tests.worker.shop import Exports, export, files, server, source
from worker import source as source_module
from worker.ports import Refused

__all__ = ["export", "server", "source"]


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
