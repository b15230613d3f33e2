"""How long a text may be for GitHub, and how to make it so without hiding what matters most.

Sources: GitHub's OpenAPI description (checks/create, repos/create-deployment-status), and its answers, which count the
texts of a check run in bytes, those of a comment in characters.
"""

from __future__ import annotations

DESCRIPTION = 140
TITLE = 255
TEXT_BYTES = 65_535
MESSAGE_BYTES = 64 * 1024
COMMENT = 65_536
ACTIONS = 3
ACTION_LABEL = 20
ACTION_DESCRIPTION = 40
ANNOTATIONS = 50

_FENCE = "```"


def short(text: str, limit: int) -> str:
    """One line of at most `limit` characters; "…" where it was cut."""
    line = " ".join(text.split())
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "…"


def head(text: str, limit: int) -> str:
    """The first whole lines that fit into `limit` characters, and a note where that isn't all."""
    if len(text) <= limit:
        return text
    note = "\n\n… the rest is left out …"
    kept = text[: limit - len(note)]
    return (kept.rpartition("\n")[0] or kept) + note


def tail(text: str, limit: int = TEXT_BYTES) -> str:
    """The last whole lines that fit into `limit` bytes, since a log's end says why; a code block that was cut open is
    opened again."""
    if len(text.encode()) <= limit:
        return text
    lines = text.split("\n")
    # Room for the note, and for a fence with its line break.
    room, kept = limit - 80, len(lines)
    while kept > 0 and room >= (size := len(lines[kept - 1].encode()) + 1):
        room -= size
        kept -= 1
    cut, rest = lines[:kept], lines[kept:]
    if not rest:
        return _note(len(lines) - 1) + lines[-1].encode()[-(limit - 80) :].decode(errors="ignore")
    fenced = sum(line.lstrip().startswith(_FENCE) for line in cut) % 2 == 1
    return _note(kept) + (_FENCE + "\n" if fenced else "") + "\n".join(rest)


def _note(lines: int) -> str:
    return f"… the first {lines} lines are left out …\n\n"
