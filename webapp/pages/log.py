"""Which lines of a deployment's log a page shows: the last ones, those after a number, or those with certain words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from flask import Request

from tidegate.markdown import plain
from tidegate.store import LogLine
from tidegate.store.logs import Logs
from webapp.pages.numbered import numbered

#: Lines on a page; the rest are a link away.
WINDOW = 1000
_LONGEST = 200
#: The step of what instances print (worker/follow.py); that of a cron run is its name, "run 7".
_OUTPUT = "run"
PARTS = ("build", "output")


@dataclass(frozen=True)
class Wish:
    """`words`: those that lines must have; `part`: of PARTS, or "" for all; `after`: the number before the first."""

    words: str = ""
    part: str = ""
    after: int | None = None

    @property
    def filtered(self) -> bool:
        return bool(self.words or self.part)


def wish(request: Request) -> Wish:
    part, after = request.args.get("part", ""), numbered(request, "after")
    words = request.args.get("q", "").strip()[:_LONGEST]
    return Wish(words, part if part in PARTS else "", None if after is None else max(after, 0))


def lines(logs: Logs, deployment_id: str, wish: Wish) -> list[LogLine]:
    """At most WINDOW; the last ones where nothing is wished for."""
    if wish.after is None and not wish.filtered:
        return logs.tail(deployment_id, WINDOW)
    return list(islice(_fitting(logs.read(deployment_id, after=wish.after or 0), wish), WINDOW))


def _fitting(found: Iterator[LogLine], wish: Wish) -> Iterator[LogLine]:
    words = wish.words.casefold()
    for line in found:
        its_part = PARTS[line.step == _OUTPUT or line.step.startswith(f"{_OUTPUT} ")]
        if wish.part in {"", its_part} and words in plain(line.text).casefold():
            yield line
