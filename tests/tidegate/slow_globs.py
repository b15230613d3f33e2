"""What a glob means, told as plainly as it can be: every possibility is tried, one character after the other. Far too
slow for a server, and what its matcher is held to."""

from __future__ import annotations

import re


def matches(pattern: str, path: str) -> bool:
    """Of a pattern that tidegate.globs takes, without a leading `./`."""
    return _rest(pattern, path, first=True)


def _rest(pattern: str, path: str, *, first: bool) -> bool:
    """`first`: the pattern is at the beginning of a segment."""
    if not pattern:
        return not path
    if first and pattern.startswith("**/"):
        _, slash, below = path.partition("/")
        return _rest(pattern[3:], path, first=True) or (slash == "/" and _rest(pattern, below, first=True))
    if pattern.startswith("*"):
        taken = [path[:end] for end in range(len(path) + 1)]
        if not pattern.startswith("**"):
            taken = [each for each in taken if "/" not in each]
        return any(_rest(pattern.lstrip("*"), path[len(each) :], first=False) for each in taken)
    if not path:
        return False
    width, said_yes = _one(pattern, path[0])
    return said_yes and _rest(pattern[width:], path[1:], first=path[0] == "/")


def _one(pattern: str, character: str) -> tuple[int, bool]:
    """How much of the pattern stands for one character, and whether for this one."""
    if pattern[0] == "?":
        return 1, character != "/"
    if pattern[0] == "\\":
        return 2, character == pattern[1]
    if pattern[0] == "[":
        told = re.match(r"\[([!^]?)(.[^]]*)\]", pattern, re.DOTALL)
        assert told, pattern
        negated, body = told.groups()
        return told.end(), (_listed(body, character) != bool(negated)) and (character != "/" or body == "/")
    return 1, character == pattern[0]


def _listed(body: str, character: str) -> bool:
    ranges = re.findall(r".-.|.", body, re.DOTALL)
    return any(character in {chr(code) for code in range(ord(each[0]), ord(each[-1]) + 1)} for each in ranges)
