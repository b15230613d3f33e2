"""Pull requests, their comments, and who may do what in one repository: the talking half of the fake GitHub."""

from __future__ import annotations

from dataclasses import dataclass, field

from tests.fakes.commits import FakeHistory
from tidegate.facts import PullRequest


@dataclass
class FakePull:
    """`branch` names the head in the repository's own history; a fork's is "owner:branch", as GitHub labels it."""

    number: int
    title: str
    author: str
    branch: str
    base: str
    head_sha: str
    head_repository_id: int | None
    draft: bool = False
    open: bool = True
    merged: bool = False
    labels: set[str] = field(default_factory=set)


@dataclass
class FakeComment:
    """`marker` is ours, None on what others wrote. `reactions` are GitHub's words, each once."""

    id: int
    repository_id: int
    number: int
    author: str
    body: str
    marker: str | None = None
    reactions: list[str] = field(default_factory=list)


class FakePulls:
    """Of one repository, by number. An open one's head follows its branch."""

    def __init__(self, history: FakeHistory) -> None:
        self._history = history
        self._pulls: dict[int, FakePull] = {}

    def open(self, pull: FakePull) -> None:
        self._pulls[pull.number] = pull

    def __getitem__(self, number: int) -> FakePull:
        return self._pulls[number]

    def told(self, number: int) -> PullRequest | None:
        return self._told(self._pulls[number]) if number in self._pulls else None

    def opened(self) -> list[PullRequest]:
        """The newest first, as GitHub lists them."""
        return [
            self._told(self._pulls[number]) for number in sorted(self._pulls, reverse=True) if self._is_open(number)
        ]

    def next_number(self) -> int:
        return len(self._pulls) + 1

    def close(self, number: int, *, merged: bool = False) -> None:
        pull = self._pulls[number]
        pull.head_sha = self._told(pull).head_sha
        pull.open, pull.merged = False, merged

    def _is_open(self, number: int) -> bool:
        return self._pulls[number].open

    def _told(self, pull: FakePull) -> PullRequest:
        tip = self._history.branches.get(pull.branch) if pull.open else None
        return PullRequest(
            number=pull.number,
            title=pull.title,
            author=pull.author,
            open=pull.open,
            merged=pull.merged,
            draft=pull.draft,
            head_sha=tip or pull.head_sha,
            head_branch=pull.branch.rpartition(":")[2],
            head_repository_id=pull.head_repository_id,
            base_branch=pull.base,
            labels=frozenset(pull.labels),
        )
