"""A decision never comes as a bare bool: the reason goes to GitHub, the timeline and the API in the same words."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Verdict:
    """`go` or not, and why; `reason` is a clause without a full stop."""

    go: bool
    reason: str
