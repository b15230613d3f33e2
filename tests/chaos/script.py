"""What so many pushes and what goes on around them are, drawn from one seed; played by `play`, alike in every
repository.

Which commits come live on the way depends on who is quicker, so the script sees to it that the end doesn't: the last
commit of each branch has its checks concluded, and of a branch that ends red no commit is ever green.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from random import Random

from tests.chaos.sample import SERVICES

#: Of the pull requests, so many are merged at most.
_MERGED = 2
MAIN = "main"


def branch_of(pull: int) -> str:
    return f"change-{pull}"


@dataclass(frozen=True)
class Push:
    """One commit of these files on the branch, which starts at main's head where it is new."""

    branch: str
    files: dict[str, str | None]


@dataclass(frozen=True)
class SetBack:
    """A force push to the commit before."""

    branch: str


@dataclass(frozen=True)
class Conclude:
    """CI ends on the branch's head; a run that had ended is run again."""

    branch: str
    conclusion: str


@dataclass(frozen=True)
class Act:
    """On a pull request: open, close, reopen, merge, label, unlabel. The label takes its preview away."""

    what: str
    pull: int


@dataclass(frozen=True)
class Lull:
    """Nobody does anything until the branch's head is looked at."""

    branch: str


Action = Push | SetBack | Conclude | Act | Lull


@dataclass
class Pull:
    """As it will be, once the actions so far are played. `own`: commits on its branch that aren't main's."""

    number: int
    red: bool
    state: str = "open"
    labeled: bool = False
    own: int = 1

    @property
    def branch(self) -> str:
        return branch_of(self.number)

    @property
    def previewed(self) -> bool:
        return self.state == "open" and not self.labeled


@dataclass(frozen=True)
class Length:
    """So many pushes and pull requests; of these, `red` never see a green check."""

    pushes: int
    pulls: int
    red: int


class Script:
    """The actions of a seed, and how the pull requests stand at their end."""

    def __init__(self, seed: int, length: Length) -> None:
        self._dice = Random(seed)
        self._length = length
        self._red = set(self._dice.sample(range(1, length.pulls + 1), length.red))
        self.pulls: dict[int, Pull] = {}
        #: Main's commits that no branch has taken over: it may be set back by these without making conflicts.
        self._own = 0
        self._pushes = 0
        self.actions = [*self._story(), *self._ending()]

    def _story(self) -> Iterator[Action]:
        ways = (self._push, self._conclude, self._open, self._act, self._set_back, self._lull)
        while self._pushes < self._length.pushes - (self._length.pulls - len(self.pulls)):
            (way,) = self._dice.choices(ways, (20, 10, 3, 6, 3, 2))
            yield from way()

    def _ending(self) -> Iterator[Action]:
        """All are opened, and every head's checks end."""
        while len(self.pulls) < self._length.pulls:
            yield from self._open()
        yield Conclude(MAIN, "success")
        for pull in self.pulls.values():
            if pull.state == "open":
                yield Conclude(pull.branch, "failure" if pull.red else "success")

    def _push(self) -> Iterator[Action]:
        pull = self._some(lambda each: each.state != "merged") if self._dice.random() < 0.75 else None
        self._pushes += 1
        if pull is None:
            self._own += 1
        else:
            pull.own += 1
        branch = pull.branch if pull else MAIN
        yield Push(branch, self._files(branch))

    def _files(self, branch: str) -> dict[str, str | None]:
        """Of one to three services, or of none; each branch has files of its own, and few things to say: what a commit
        has changed, another one takes back."""
        files: dict[str, str | None] = {f"notes/{branch}.md": f"Commit {self._pushes}\n"}
        for service in self._dice.sample(SERVICES, self._dice.choice((0, 1, 1, 2, 3))):
            path = f"notes-{branch}.md" if self._dice.random() < 0.2 else f"www/{branch}"
            files[f"{service}/{path}"] = self._dice.choice(("red\n", "green\n", "blue\n"))
        return files

    def _conclude(self) -> Iterator[Action]:
        pull = self._some(lambda each: each.state == "open") if self._dice.random() < 0.75 else None
        conclusion = self._dice.choice(("success", "success", "failure"))
        if pull is not None and pull.red:
            conclusion = "failure"
        yield Conclude(pull.branch if pull else MAIN, conclusion)

    def _open(self) -> Iterator[Action]:
        number = len(self.pulls) + 1
        if number > self._length.pulls:
            return
        self._pushes += 1
        self._own = 0
        self.pulls[number] = Pull(number, number in self._red)
        yield Push(branch_of(number), self._files(branch_of(number)))
        yield Act("open", number)

    def _act(self) -> Iterator[Action]:
        pull = self._some(lambda each: each.state != "merged")
        if pull is None:
            return
        if pull.state == "closed":
            what, pull.state = "reopen", "open"
        elif pull.labeled:
            what, pull.labeled = "unlabel", False
        else:
            merged = sum(each.state == "merged" for each in self.pulls.values())
            what = self._dice.choice(("label", "close", "merge" if merged < _MERGED else "close"))
            if what == "label":
                pull.labeled = True
            elif what == "close":
                pull.state = "closed"
            else:
                pull.state = "merged"
                self._own += 1
        yield Act(what, pull.number)

    def _set_back(self) -> Iterator[Action]:
        pull = self._some(lambda each: each.state == "open" and each.own > 1)
        if pull is not None and self._dice.random() < 0.7:
            pull.own -= 1
            yield SetBack(pull.branch)
        elif self._own > 0:
            self._own -= 1
            yield SetBack(MAIN)

    def _lull(self) -> Iterator[Action]:
        pull = self._some(lambda each: each.previewed)
        yield Lull(pull.branch if pull else MAIN)

    def _some(self, which: Callable[[Pull], bool]) -> Pull | None:
        found = [each for each in self.pulls.values() if which(each)]
        return self._dice.choice(found) if found else None
