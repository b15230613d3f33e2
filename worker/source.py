"""The port `Source`: the repository at exactly one commit, submodules included, as plain files."""

from __future__ import annotations

import errno
import hashlib
import shutil
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tidegate.leftovers import SUBMODULE
from tidegate.repository import Repository
from worker.gitcommand import Remote, TokenRefused, disk_full
from worker.mirror import Mirror
from worker.ports import Refused, Stop, Unavailable
from worker.submodules import Submodule, address, declared, same_host
from worker.until import Until

#: Submodules within submodules, so that one that holds itself comes to an end.
_DEEPEST = 8


@dataclass(frozen=True)
class _Tree:
    """A tree to be written. `remote` is asked only where it is needed: it may cost a call to GitHub."""

    mirror: Mirror
    remote: Callable[[], Remote]
    sha: str
    into: Path
    depth: int = 0


class GitSource:
    """Keeps its mirrors below `data`. `credentials` gives the clone URL and a short-lived token for it, which isn't the
    one that it is told was rejected. `scratch` is a directory for what is needed for a moment; None: the system's."""

    def __init__(
        self,
        data: Path,
        credentials: Callable[[Repository, str | None], tuple[str, str]],
        scratch: Path | None = None,
    ) -> None:
        self._data = data
        self._scratch = scratch
        self._credentials = credentials

    def export(self, repository: Repository, sha: str, into: Path, timeout: float, stop: Stop) -> None:
        until = Until(stop, timeout)
        until.check()

        def attempt(rejected: str | None) -> None:
            remote = cache(lambda: Remote(repository.full_name, *self._credentials(repository, rejected)))
            self._export(_Tree(self._mirror(str(repository.id)), remote, sha, into), until)

        try:
            try:
                attempt(None)
            except TokenRefused:
                # A token that was kept may have been revoked since: a new one is asked for, once.
                shutil.rmtree(into)
                into.mkdir()
                attempt(self._credentials(repository, None)[1])
        except TimeoutError as error:
            raise Unavailable(f"Fetching {repository.full_name} was {error}.") from error
        except OSError as error:
            if error.errno in {errno.ENOSPC, errno.EDQUOT}:
                raise disk_full() from error
            raise Unavailable(f"Fetching {repository.full_name} failed on this machine: {error}") from error

    def _export(self, tree: _Tree, until: Until) -> None:
        tree.mirror.checkout(tree.remote, tree.sha, tree.into, until)
        for submodule, sha in self._submodules(tree, until):
            with _named(submodule):
                self._export(self._below(tree, submodule, sha), until)

    def _submodules(self, tree: _Tree, until: Until) -> Iterator[tuple[Submodule, str]]:
        """Each with the SHA that the tree holds it at; what is declared but not in the tree doesn't count."""
        try:
            if not stat.S_ISREG((tree.into / ".gitmodules").lstat().st_mode):
                return
        except FileNotFoundError:
            return
        listing = ("config", f"--blob={tree.sha}:.gitmodules", "--list", "-z")
        for submodule in declared(tree.mirror.read(*listing, until=until)):
            entry = tree.mirror.read("ls-tree", "-z", tree.sha, "--", submodule.path, until=until).decode()
            match entry.split():
                case ["160000", "commit", sha, *_]:
                    yield submodule, sha

    def _below(self, tree: _Tree, submodule: Submodule, sha: str) -> _Tree:
        if tree.depth == _DEEPEST:
            raise Refused(f"submodules nest deeper than {_DEEPEST} levels")
        parent = tree.remote()
        url = address(parent.url, submodule)
        remote = Remote(url, url, parent.token if same_host(parent.url, url) else None)
        mirror = self._mirror(SUBMODULE + hashlib.sha256(url.encode()).hexdigest()[:16])
        return _Tree(mirror, lambda: remote, sha, tree.into / submodule.path, tree.depth + 1)

    def _mirror(self, name: str) -> Mirror:
        return Mirror(self._data / f"{name}.git", self._scratch)


@contextmanager
def _named(submodule: Submodule) -> Iterator[None]:
    """A failure says which submodule it was."""
    try:
        yield
    except (Refused, Unavailable) as error:
        raise type(error)(f"The submodule `{submodule.path}` can't be fetched: {error}") from error
