"""Globs of build filters: `?`, `*`, `**`, `[abc]`, `[^abc]`, `[a-z]`, on paths relative to the repository's root.

Matched by following all possibilities at once, not by a regular expression: anybody may write a deploy file, and one
with many stars would keep a backtracking matcher, and with it the server, busy for years.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

#: `{a,b}`, of which shells and other tools make two globs.
_BRACES = re.compile(r"(?<!\\)\{[^{}]*,[^{}]*\}")


class BadGlob(ValueError):
    """It could never match what its author meant. The message says what is wrong, `hint` what to write instead."""

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message)
        self.hint = hint


@dataclass(frozen=True)
class _One:
    """One character of these ranges, or with `negated` one of none of them; never a slash, unless it is meant alone."""

    ranges: tuple[tuple[str, str], ...]
    negated: bool = False

    def accepts(self, character: str) -> bool:
        found = any(low <= character <= high for low, high in self.ranges)
        return found != self.negated and (character != "/" or self.ranges == (("/", "/"),))


@dataclass(frozen=True)
class _Many:
    """`*`, or with `deep` `**` beside other characters: any number of characters, with or without slashes."""

    deep: bool


class _Directories:
    """`**/`: any number of whole directories."""


_Token = _One | _Many | _Directories


class Glob:
    """`?` and `*` stay within a segment; `**` crosses `/`, and as a segment of its own stands for any number of them,
    none included. `[!abc]` is `[^abc]`. A backslash makes the next character plain. Raises BadGlob.
    """

    def __init__(self, pattern: str) -> None:
        plain = pattern.removeprefix("./")
        _check(pattern, plain)
        self._tokens: tuple[_Token, ...] = tuple(_tokens(plain))

    def matches(self, path: str) -> bool:
        """The whole path."""
        states = self._entered({0})
        for character in path:
            states = self._after(states, character)
        return len(self._tokens) in states

    def _after(self, states: set[int], character: str) -> set[int]:
        """A state is the number of tokens that are behind us."""
        entered, stayed = set[int](), set[int]()
        for state in states:
            token = self._tokens[state] if state < len(self._tokens) else None
            match token:
                case _One() if token.accepts(character):
                    entered.add(state + 1)
                case _Many() if token.deep or character != "/":
                    entered.add(state)
                case _Directories():
                    stayed.add(state)
                    if character == "/":
                        entered.add(state + 1)
        return self._entered(entered) | stayed

    def _entered(self, states: set[int]) -> set[int]:
        """With those that are reached without a character, since a token may stand for nothing."""
        reached = set(states)
        for state, token in enumerate(self._tokens):
            if state in reached and not isinstance(token, _One):
                reached.add(state + 1)
        return reached


def _check(pattern: str, plain: str) -> None:
    """`plain` is without a leading `./`. What other tools understand and we don't would silently match nothing."""
    if not pattern.strip():
        raise BadGlob("a glob is empty", "remove it, or write the path that is meant")
    if pattern.startswith("/"):
        raise BadGlob(f"`{pattern}` is absolute", f"start at the repository's root: write `{pattern.lstrip('/')}`")
    if pattern.startswith("!"):
        hint = f"write `{pattern[1:]}` under `ignoredPaths`, or `\\!` for the sign"
        raise BadGlob(f"`{pattern}` excludes, and a glob only matches", hint)
    _check_segments(pattern, plain.split("/"))
    if _BRACES.search(pattern):
        raise BadGlob(f"`{pattern}` lists choices in braces", "write a glob for each of them, or `\\{` for the sign")


def _check_segments(pattern: str, segments: list[str]) -> None:
    if ".." in segments:
        raise BadGlob(f"`{pattern}` climbs out with `..`", "write the path from the repository's root")
    if not segments[-1]:
        raise BadGlob(f"`{pattern}` names a directory, and changes are files", f"write `{pattern}**`")
    if "." in segments or "" in segments:
        hint = "/".join(each for each in segments if each not in {"", "."}) or "**"
        raise BadGlob(f"`{pattern}` has a segment that no path has", f"write `{hint}`")


def _tokens(rest: str) -> Iterator[_Token]:
    starts_segment = True
    while rest:
        if rest.startswith("**/") and starts_segment:
            yield _Directories()
            rest = rest[3:]
            continue
        if rest[0] == "*":
            yield _Many(deep=rest.startswith("**"))
            rest = rest.lstrip("*")
            starts_segment = False
            continue
        starts_segment = rest[0] == "/"
        token, rest = _one(rest)
        yield token


def _one(rest: str) -> tuple[_One, str]:
    """The token of one character that `rest` begins with, and what follows it."""
    first = rest[0]
    if first == "?":
        return _One((), negated=True), rest[1:]
    if first == "[":
        return _character_class(rest)
    if first == "\\":
        if len(rest) == 1:
            raise BadGlob("a glob ends in a lone backslash", "remove it")
        return _One(((rest[1], rest[1]),)), rest[2:]
    return _One(((first, first),)), rest[1:]


def _character_class(rest: str) -> tuple[_One, str]:
    """A first `]` is plain, as in shells."""
    negated = rest[1:2] in {"^", "!"}
    start = 2 if negated else 1
    end = rest.find("]", start + 1)
    if end < 0:
        raise BadGlob(f"`{rest}` opens a `[` that nothing closes", "close it with `]`, or write `\\[` for the sign")
    return _One(tuple(_ranges(rest[start:end])), negated), rest[end + 1 :]


def _ranges(body: str) -> Iterator[tuple[str, str]]:
    """The characters and ranges between the brackets; a `-` first or last is plain."""
    while body:
        width = 3 if len(body) > 2 and body[1] == "-" else 1
        low, high = body[0], body[width - 1]
        if low > high:
            raise BadGlob(f"the range `{low}-{high}` is the wrong way round", f"write `{high}-{low}`")
        yield low, high
        body = body[width:]
