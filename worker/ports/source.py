"""Git, as far as a deploy needs it: the tree at a commit."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from tidegate.repository import Repository
from worker.ports.longcall import Stop


class Source(Protocol):
    """Git. Keeps a bare mirror per repository; the token is never on disk, in an argument list or in a log."""

    def export(self, repository: Repository, sha: str, into: Path, timeout: float, stop: Stop) -> None:
        """Writes the tree at exactly `sha`, submodules included, into the empty directory `into`.

        Refused where the commit or the repository can't be had; Unavailable on network trouble; Canceled by `stop`.
        """
        ...
