"""Skip phrases: a commit's own wish not to be deployed automatically."""

from __future__ import annotations

import re
from collections.abc import Collection

#: Words that make a phrase with "skip", as Render has them (deploys, "Skipping an auto-deploy"), and our own name.
DEFAULT = ("tidegate", "render", "deploy", "cd")


def skipped(message: str, words: Collection[str] = DEFAULT) -> str | None:
    """The first `[skip X]` or `[X skip]` in a commit's whole message, as it is written there; None where there is none.

    Case does not matter, nor white space within the brackets (line breaks count as white space: messages get wrapped).
    """
    if not words:
        return None
    word = "|".join(re.escape(each) for each in sorted(words, key=len, reverse=True))
    phrase = re.compile(rf"\[\s*(?:skip\s+(?:{word})|(?:{word})\s+skip)\s*\]", re.IGNORECASE)
    found = phrase.search(message)
    return found.group() if found else None
