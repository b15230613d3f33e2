"""GitHub's bad days, on request: errors, slowness, lost answers, limits, and webhooks that go astray."""

from __future__ import annotations

import random
import re
import threading
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any, Literal

Kind = Literal["status", "slow", "hang", "drop", "stall", "secondary", "primary"]


@dataclass
class Fault:
    """What happens to the next `times` REST or git requests that match.

    status: answered with `status`; slow: answered after `seconds`; hang: no answer for `seconds`, then 504;
    drop: the connection is closed without an answer; stall: the answer stops in the middle for `seconds`, or until the
    faults are cleared; secondary, primary: a rate limit's answer.
    `after` lets the request do its work first, so that only the answer is lost.
    """

    kind: Kind
    method: str = ""
    path: str = ""
    times: int = 1
    status: int = 502
    seconds: float = 15.0
    retry_after: int = 60
    after: bool = False

    def hits(self, method: str, path: str) -> bool:
        return (not self.method or method == self.method) and re.search(self.path, path) is not None


@dataclass
class Post:
    """What happens to webhooks: the next N of `event` (any, when empty), or each with probability `chance`; of the
    repository with that id (any, when 0).

    lose: nothing is sent; recorded as failed when `recorded`, else as if it had never happened.
    duplicate: sent twice with one GUID. reorder: held until the next one of its repository has gone; those that are
    held together go in any order. slow: sent after `seconds`.
    """

    kind: Literal["lose", "duplicate", "reorder", "slow"]
    event: str = ""
    repository: int = 0
    times: int = 0
    chance: float = 0.0
    recorded: bool = True
    seconds: float = 1.0

    def hits(self, event: str, repository: int | None) -> bool:
        return self.event in {"", event} and self.repository in {0, repository}


class Faults:
    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._requests: list[Fault] = []
        self._posts: list[Post] = []
        self._cleared = threading.Event()
        self._dice = random.Random(1)  # noqa: S311  # repeatable, not secret

    def seed(self, number: int) -> None:
        """All chance from now on follows from this number."""
        with self._lock:
            self._dice.seed(number)

    def shuffle(self, held: list[Any]) -> None:
        with self._lock:
            self._dice.shuffle(held)

    def add(self, **fields: Any) -> None:
        with self._lock:
            self._requests.append(Fault(**fields))

    def add_post(self, **fields: Any) -> None:
        with self._lock:
            self._posts.append(Post(**fields))

    def clear(self) -> None:
        with self._lock:
            self._requests.clear()
            self._posts.clear()
            self._cleared.set()
            self._cleared = threading.Event()

    def waiting(self) -> Callable[[float], object]:
        """Waits so many seconds, or until a `clear` from now on, though that comes before the waiting begins."""
        return self._cleared.wait

    def listed(self) -> dict[str, Any]:
        with self._lock:
            return {
                "requests": [asdict(each) for each in self._requests],
                "webhooks": [asdict(each) for each in self._posts],
            }

    def strike(self, method: str, path: str) -> Fault | None:
        """The fault that this request meets; it is used up by one."""
        with self._lock:
            for fault in self._requests:
                if fault.times > 0 and fault.hits(method, path):
                    fault.times -= 1
                    return fault
        return None

    def astray(self, event: str, repository: int | None) -> Post | None:
        """What happens to this webhook."""
        with self._lock:
            for post in self._posts:
                if not post.hits(event, repository):
                    continue
                if post.times > 0:
                    post.times -= 1
                    return post
                if post.chance and self._dice.random() < post.chance:
                    return post
        return None
