"""How a command ends: its exit codes, and what leads to them. docs/commands.md lists them."""

from __future__ import annotations

from enum import IntEnum


class Exit(IntEnum):
    DONE = 0
    FAILED = 1
    USAGE = 2
    AWAY = 3
    #: As a shell has it for a command that SIGINT ended.
    INTERRUPTED = 130


class Trouble(Exception):
    """The message says why, and what to do."""

    code = Exit.FAILED


class Refused(Trouble):
    """By the server or the store, or it makes no sense there."""


class Usage(Trouble):
    """The command's own words, or the settings that it needs."""

    code = Exit.USAGE


class Absent(Refused):
    """There is no such thing there, or none that the asker may see."""


class Forbidden(Refused):
    """The asker, or their token, may not."""


class NotSignedIn(Trouble):
    """There is no token, or it opens nothing."""

    code = Exit.AWAY


class Unreachable(Trouble):
    """Nothing answers, or nothing that is Tidegate."""

    code = Exit.AWAY


class Interrupted(Trouble):
    """By Ctrl-C, while something goes on at the server."""

    code = Exit.INTERRUPTED
