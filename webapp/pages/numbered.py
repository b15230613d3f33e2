"""Numbers in the query of a page."""

from __future__ import annotations

from flask import Request

#: More than there ever are of anything, and what every database takes.
_MOST = 10**15


def numbered(request: Request, name: str) -> int | None:
    """None where it isn't told, or is no number."""
    told = request.args.get(name, type=int)
    return None if told is None else min(max(told, 0), _MOST)
