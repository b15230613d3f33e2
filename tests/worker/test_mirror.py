"""Bad days of fetching: what the server answers, what a crash leaves, a broken mirror, a full disk."""

from __future__ import annotations

import fcntl
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.git_server import GitServer
from tests.waiting import wait_until
from tests.worker.shop import SHOP, TOKEN, Exports, export, files, never, server, source
from worker import source as source_module
from worker.mirror import Mirror
from worker.ports import Canceled, Refused, Unavailable
from worker.source import GitSource

__all__ = ["export", "server", "source"]


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
source = GitSource(Path({str(tmp_path / "mirrors")!r}), lambda repository, rejected: credentials)
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
    source = GitSource(small / "mirrors", lambda repository, rejected: (f"{server.url}/acme/shop.git", TOKEN))
    try:
        with pytest.raises(Unavailable, match="disk is full"):
            source.export(SHOP, sha, tmp_path / "tree", 60, never)
    finally:
        subprocess.run(["umount", str(small)], check=True)


def test_a_mirror_that_is_in_use_is_not_removed(tmp_path: Path) -> None:
    mirror = Mirror(tmp_path / "7.git")
    (tmp_path / "7.git").mkdir()
    with (tmp_path / "7.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_SH)
        assert mirror.discard() is False
        assert (tmp_path / "7.git").exists()
    assert mirror.discard() is True
    assert not (tmp_path / "7.git").exists()
    assert (tmp_path / "7.lock").exists(), "whoever has it open already must meet the next one at it"


def test_a_mirror_shows_when_it_was_used_last(server: GitServer, export: Exports, tmp_path: Path) -> None:
    sha = server.commit("acme/shop.git", {"a.txt": "1"})
    export(sha)
    (lock,) = (tmp_path / "mirrors").glob("*.lock")
    os.utime(lock, (0, 0))
    export(sha)
    assert lock.stat().st_mtime > 0
