"""Text for GitHub's pages: within its limits, and safe whatever a log or a branch's name holds."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import timedelta

_ELLIPSIS = "…"
#: Escape sequences of terminals (colours, titles), and control characters other than tab and line feed.
_TERMINAL = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|.)|[\x00-\x08\x0b-\x1f\x7f]")
#: In a word: it is an address, a path, a file's name or a setting, and means another with another letter.
_VERBATIM = re.compile(r"[/@_=]|\.\w")


def clip(text: str, limit: int) -> str:
    """One line of at most `limit` characters."""
    line = " ".join(plain(text).split())
    return line if len(line) <= limit else line[: limit - 1].rstrip() + _ELLIPSIS


def plain(text: str) -> str:
    """Without what only a terminal understands."""
    return _TERMINAL.sub("", text)


def sentence(clause: str) -> str:
    """Its first letter in upper case, unless it begins with what is to be copied: an address, a path, a file's name."""
    first = clause.partition(" ")[0]
    return clause if _VERBATIM.search(first) else clause[:1].upper() + clause[1:]


def code(text: str) -> str:
    """An inline code span, whatever backticks the text holds."""
    line = " ".join(text.split())
    ticks = "`" * (_longest_run(line) + 1)
    space = " " if line.startswith("`") or line.endswith("`") else ""
    return f"{ticks}{space}{line}{space}{ticks}"


def fenced(lines: Sequence[str], limit: int) -> str:
    """A code block of the last lines that fit into `limit` bytes of UTF-8; "" where there are none.

    Bytes, since that fits a limit on characters as well, and nobody says for sure which of them GitHub counts.
    """
    cleaned = [plain(line.replace("\r", "\n")) for line in lines]
    fence = "`" * max(3, _longest_run("\n".join(cleaned)) + 1)
    room = limit - 2 * len(fence) - 2
    kept: list[str] = []
    for line in reversed(cleaned):
        size = len(line.encode()) + 1
        if size > room:
            break
        room -= size
        kept.append(line)
    return "\n".join([fence, *reversed(kept), fence]) if kept else ""


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *([_cell(cell) for cell in row] for row in rows)]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def duration(time: timedelta) -> str:
    """To the precision that a reader cares for: "0.24 s", "12.3 s", "2 min 5 s", "1 h 2 min"."""
    seconds = time.total_seconds()
    if seconds < 10:
        return f"{seconds:.2f} s"
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(int(seconds), 60)
    return f"{minutes} min {rest} s" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"


def _cell(text: str) -> str:
    return " ".join(plain(text).split()).replace("|", "\\|")


def _longest_run(text: str) -> int:
    return max((len(run) for run in re.findall(r"`+", text)), default=0)
