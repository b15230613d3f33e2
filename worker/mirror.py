"""A bare repository per remote that keeps what was fetched, so that a commit crosses the network once.

It is a cache and no more: whatever is wrong with it is cured by beginning anew. Commits come without their history
(depth 1: measured as quick as a whole mirror's update, and the first time quicker), each held by a ref of its own that
git writes last, so that the ref's being there says that the commit is there whole.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from worker.gitcommand import Remote, Unexplained, git
from worker.ports import Canceled, Unavailable
from worker.scratch import momentary
from worker.until import Until

#: Beyond so many commits a mirror begins anew, instead of being packed while a deploy waits.
_MOST_COMMITS = 200
_FETCH = (
    *("fetch", "--quiet", "--depth=1", "--no-tags", "--no-write-fetch-head"),
    *("--no-auto-maintenance", "--no-recurse-submodules"),
)


class Mirror:
    """The mirror at `path`. Whoever is killed in the middle of anything leaves nothing that needs repair by hand."""

    def __init__(self, path: Path, scratch: Path | None = None) -> None:
        """`scratch` is a directory for what is needed for a moment; None: the system's own."""
        self._path = path
        self._scratch = scratch

    def checkout(self, remote: Callable[[], Remote], sha: str, into: Path, until: Until) -> None:
        """Writes the tree of `sha` into `into`; asks for `remote` only where the commit must be fetched first."""
        with self._locked(fcntl.LOCK_SH, until):
            if self._holds(sha):
                return self._write(sha, into, until)
        with self._locked(fcntl.LOCK_EX, until):
            if not self._holds(sha):
                self._fetch(remote(), sha, until)
            return self._write(sha, into, until)

    def read(self, *arguments: str, until: Until) -> bytes:
        """What a git command that only reads prints."""
        with self._locked(fcntl.LOCK_SH, until):
            return self._git(*arguments, until=until)

    def discard(self) -> bool:
        """Removes it; False where it is in use. The lock's file stays: whoever opened it must meet the next at it."""
        try:
            with self._locked(fcntl.LOCK_EX, Until(lambda: True)):
                shutil.rmtree(self._path, ignore_errors=True)
        except Canceled:
            return False
        return True

    def _holds(self, sha: str) -> bool:
        return (self._path / "refs" / "tidegate" / sha).exists()

    def _fetch(self, remote: Remote, sha: str, until: Until) -> None:
        self._tidy()
        self._git("init", "--quiet", "--bare", "--template=", str(self._path), until=until)
        refspec = f"{sha}:refs/tidegate/{sha}"
        self._git(*_FETCH, "--", remote.url, refspec, until=until, remote=remote)

    def _write(self, sha: str, into: Path, until: Until) -> None:
        """By checkout, as a clone does it, not by `git archive`, which leaves out and fills in what attributes say.
        What isn't git's own is left as it is: Git LFS pointers stay pointers."""
        with momentary(self._scratch, "tidegate-index-") as place:
            index = str(place / "index")
            command = (f"--work-tree={into}", "read-tree", "--reset", "-u", sha)
            self._git(*command, until=until, GIT_INDEX_FILE=index)

    def _git(self, *arguments: str, until: Until, remote: Remote | None = None, **variables: str) -> bytes:
        try:
            return git(f"--git-dir={self._path}", *arguments, until=until, remote=remote, **variables)
        except Unexplained as error:
            shutil.rmtree(self._path, ignore_errors=True)
            raise Unavailable(f"The local mirror was broken and begins anew ({error}).") from error

    def _tidy(self) -> None:
        """Only under the exclusive lock: what a killed git left half-done would stop or burden the next one."""
        if len(list(self._path.glob("refs/tidegate/*"))) > _MOST_COMMITS:
            shutil.rmtree(self._path, ignore_errors=True)
        for pattern in ("*.lock", "refs/**/*.lock", "objects/**/tmp_*"):
            for left in self._path.glob(pattern):
                left.unlink(missing_ok=True)

    @contextmanager
    def _locked(self, kind: int, until: Until) -> Iterator[None]:
        """The kernel frees the lock when its holder dies, however it dies."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(self._path.with_suffix(".lock"), os.O_CREAT | os.O_RDWR)
        try:
            while True:
                try:
                    fcntl.flock(handle, kind | fcntl.LOCK_NB)
                    os.utime(handle)  # so that it can be seen when it was used last
                    break
                except BlockingIOError:
                    until.check()
                    time.sleep(0.01)
            yield
        finally:
            os.close(handle)
