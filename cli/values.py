"""Values of variables as they are given to a command: typed with their names, asked for, or read from stdin."""

from __future__ import annotations

import getpass
from typing import TextIO

from cli.trouble import Refused


def values(given: list[str], source: TextIO) -> dict[str, str]:
    """`given`: `NAME=value`, or `NAME`, whose value is the next line of `source`, or all of it where it is the only
    one. Raises Refused."""
    found = {}
    for each in given:
        name, told, value = each.partition("=")
        found[name] = value if told else _read(name, source, alone=len(given) == 1)
    return found


def _read(name: str, source: TextIO, *, alone: bool) -> str:
    """Without the newline that an editor or `echo` puts at the end."""
    if source.isatty():
        return getpass.getpass(f"{name}: ")
    text = source.read() if alone else source.readline()
    if not text:
        raise Refused(f"there is no value for {name} on stdin")
    return text.removesuffix("\n")
