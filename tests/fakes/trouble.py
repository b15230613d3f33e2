"""Bad days on request, for any fake whose calls have names."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from worker.ports import Refused, Unavailable

T = TypeVar("T")
ALWAYS = float("inf")


@dataclass
class Trouble:
    """What the next `times` calls of `method` (any, when empty) raise; `after` they did their work, if so said. Only
    those for which nobody waits, where it is `spare`."""

    raised: Exception
    times: float
    method: str
    after: bool = False
    spare: bool = False


class Troubles:
    """Mixed into a fake, whose methods do their work through `_call`. `calls` counts them by name, failed ones too."""

    def __init__(self) -> None:
        self.calls: Counter[str] = Counter()
        self._troubles: list[Trouble] = []

    def down(self, *, times: float = ALWAYS, method: str = "", after: bool = False) -> None:
        """Unavailable; `after` the work was done, so that only the answer is lost."""
        self._troubles.append(Trouble(Unavailable("GitHub cannot be reached: refused."), times, method, after))

    def limited(self, retry_after: float, *, times: float = ALWAYS, method: str = "", spare: bool = False) -> None:
        """`spare`: little is left, and that is kept for what people wait for."""
        limit = Unavailable("GitHub limits our requests.", retry_after)
        self._troubles.append(Trouble(limit, times, method, spare=spare))

    def refuse(self, why: str, *, times: float = ALWAYS, method: str = "") -> None:
        self._troubles.append(Trouble(Refused(why), times, method))

    def up(self) -> None:
        """All is well again."""
        self._troubles.clear()

    def _call(self, method: str, work: Callable[[], T], *, spare: bool = False) -> T:
        self.calls[method] += 1
        trouble = self._met(method, spare=spare)
        if trouble is None:
            return work()
        if trouble.after:
            work()
        raise trouble.raised

    def _met(self, method: str, *, spare: bool) -> Trouble | None:
        for trouble in self._troubles:
            if trouble.times > 0 and trouble.method in ("", method) and (spare or not trouble.spare):
                trouble.times -= 1
                return trouble
        return None
