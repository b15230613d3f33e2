"""Calls that take long: they are told when to give up, and tell what is printed meanwhile."""

from __future__ import annotations

from collections.abc import Callable


class Canceled(Exception):
    """The caller's `stop` came true while the call ran; what it had begun was taken back."""


#: Asked often by long calls; true means: give up now, clean up, raise Canceled.
Stop = Callable[[], bool]
#: Takes one line of output, without its newline.
OnLine = Callable[[str], None]
