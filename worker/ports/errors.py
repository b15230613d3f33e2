"""How a port tells of trouble: later, or never."""

from __future__ import annotations


class Unavailable(Exception):
    """The other side is down, slow, or limits us. `retry_after` in seconds where it said so.

    The message may become a deploy's reason, which many may read; `detail` is for who runs the server alone: the same,
    and where the other side was looked for.
    """

    def __init__(self, message: str, retry_after: float | None = None, detail: str = "") -> None:
        super().__init__(message)
        self.retry_after = retry_after
        self.detail = detail or message


class Away(Unavailable):
    """It can't be reached at all, or went away under the call: what was begun there may have ended with it."""


class Refused(Exception):
    """The other side understood and said no (gone, no permission, bad input). The message says what to do."""


def in_detail(trouble: Exception) -> str:
    """For who runs the server alone."""
    return trouble.detail if isinstance(trouble, Unavailable) else str(trouble)
