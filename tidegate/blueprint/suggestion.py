"""What somebody may have meant who wrote a name that there isn't."""

from __future__ import annotations

import difflib
from collections.abc import Collection


def suggestion(name: str, known: Collection[str], *, always: bool = False) -> str:
    """A sentence: the known name that is nearest; else all of them (`always`), or to remove it."""
    plain = {_plain(each): each for each in known}
    close = difflib.get_close_matches(_plain(name), plain, n=1, cutoff=0.6)
    if close:
        return f"Did you mean `{plain[close[0]]}`?"
    return f"Write {' or '.join(f'`{each}`' for each in known)}." if always else "Remove it."


def _plain(name: str) -> str:
    return name.lower().replace("_", "").replace("-", "")
