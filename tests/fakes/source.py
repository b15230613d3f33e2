"""Git without git: trees as file maps, from wherever a test keeps them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from tidegate.repository import Repository
from worker.ports import Canceled, Refused, Stop, Unavailable

#: All files of a repository at a SHA, by path; None where there is no such commit.
Files = Callable[[Repository, str], Mapping[str, str] | None]


class FakeSource:
    """Set `trouble` for network trouble, `refusal` for a repository or a token that is gone. What was fetched once
    needs neither again, as with a mirror. `fetched` counts what crossed the network."""

    def __init__(self, files: Files) -> None:
        self.trouble: str | None = None
        self.refusal: str | None = None
        self.fetched: list[tuple[int, str]] = []
        self._files = files
        self._mirror: dict[tuple[int, str], Mapping[str, str]] = {}

    def export(self, repository: Repository, sha: str, into: Path, timeout: float, stop: Stop) -> None:
        if stop():
            raise Canceled("stopped on request")
        for name, text in self._tree(repository, sha).items():
            (into / name).parent.mkdir(parents=True, exist_ok=True)
            (into / name).write_text(text)

    def _tree(self, repository: Repository, sha: str) -> Mapping[str, str]:
        key = (repository.id, sha)
        if key in self._mirror:
            return self._mirror[key]
        if self.trouble is not None:
            raise Unavailable(self.trouble)
        if self.refusal is not None:
            raise Refused(self.refusal)
        files = self._files(repository, sha)
        if files is None:
            raise Refused(f"{repository.full_name} doesn't have this commit any more.")
        self.fetched.append(key)
        self._mirror[key] = files
        return files
