"""What GitHub said within the last minute is believed without asking again."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Generic, TypeVar

#: Seconds for which GitHub's answer is believed.
BELIEVED = 60.0
#: Answers kept; when there are more, those that are believed no longer are thrown out.
_MOST = 10_000

_Answer = TypeVar("_Answer")


class Believed(Generic[_Answer]):
    """Answers by asker and subject, each until it is believed no longer. `now` counts seconds."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._answers: dict[tuple[object, object], tuple[float, _Answer]] = {}
        self._adding = threading.Lock()

    def known(self, asker: object, about: object) -> _Answer | None:
        until, answer = self._answers.get((asker, about), (0.0, None))
        return answer if self._now() < until else None

    def of(self, asker: object, about: object, ask: Callable[[], _Answer]) -> _Answer:
        known = self.known(asker, about)
        if known is not None:
            return known
        # From the asking on, since what is answered may be changed right after.
        asked = self._now()
        answer = ask()
        with self._adding:
            if len(self._answers) >= _MOST:
                self._answers = {key: kept for key, kept in self._answers.items() if asked < kept[0]}
            self._answers[asker, about] = (asked + BELIEVED, answer)
        return answer
