"""Globs of build filters: `?`, `*`, `**`, `[abc]`, `[^abc]`, `[a-z]`, on paths relative to the repository's root."""

from __future__ import annotations

import re
from collections.abc import Iterator


class BadGlob(ValueError):  # noqa: N818 - a glob that is bad
    """It could never match what its author meant. The message says what is wrong, `hint` what to write instead."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


def to_regex(pattern: str) -> str:
    """A regular expression for the whole path. Raises BadGlob.

    `?` and `*` stay within a segment; `**` crosses `/`, and as a segment of its own stands for any number of them, none
    included. A backslash makes the next character plain.
    """
    check(pattern)
    rest, regex = pattern.removeprefix("./"), ""
    while rest:
        if rest.startswith("**/") and (not regex or regex.endswith("/")):
            regex, rest = regex + "(?:[^/]+/)*", rest[3:]
            # `(…/)*` ends in a separator as far as the next `**/` is concerned; `**/**/` is `**/`.
            while rest.startswith("**/"):
                rest = rest[3:]
        elif rest.startswith("**"):
            regex, rest = regex + ".*", rest.lstrip("*")
        else:
            token, rest = _token(rest)
            regex += token
    return regex


def check(pattern: str) -> None:
    """Raises BadGlob for an empty or absolute pattern, one that climbs out, names a directory, or isn't closed."""
    if not pattern.strip():
        raise BadGlob("a glob is empty", "remove it, or write the path that is meant")
    if pattern.startswith("/"):
        raise BadGlob(
            f"`{pattern}` is absolute", f"paths start at the repository's root: write `{pattern.lstrip('/')}`"
        )
    if ".." in pattern.split("/"):
        raise BadGlob(f"`{pattern}` climbs out with `..`", "write the path from the repository's root")
    if pattern.endswith("/"):
        raise BadGlob(f"`{pattern}` names a directory, and changes are files", f"write `{pattern}**`")
    rest = pattern
    while rest:
        _, rest = _token(rest)


def _token(rest: str) -> tuple[str, str]:
    """The regular expression of the first token, and what follows it."""
    first = rest[0]
    if first == "[":
        return _character_class(rest)
    if first == "\\":
        if len(rest) == 1:
            raise BadGlob("a glob ends in a lone backslash", "remove it")
        return re.escape(rest[1]), rest[2:]
    return {"*": "[^/]*", "?": "[^/]"}.get(first, re.escape(first)), rest[1:]


def _character_class(rest: str) -> tuple[str, str]:
    """`[abc]`, `[a-z]`, and negated with `^` (or `!`, as shells write it); never matches `/`. A first `]` is plain."""
    negated = rest[1:2] in {"^", "!"}
    start = 2 if negated else 1
    end = rest.find("]", start + 1)
    if end < 0:
        raise BadGlob(
            f"`{rest}` opens a `[` that nothing closes", "close it with `]`, or write `\\[` for the character"
        )
    members = "".join(_members(rest[start:end]))
    return f"(?!/)[{'^' if negated else ''}{members}]", rest[end + 1 :]


def _members(body: str) -> Iterator[str]:
    """The characters and ranges between the brackets, escaped; a `-` first or last is plain."""
    while body:
        if len(body) > 2 and body[1] == "-":
            low, high, body = body[0], body[2], body[3:]
            if low > high:
                raise BadGlob(f"the range `{low}-{high}` is the wrong way round", f"write `{high}-{low}`")
            yield f"{re.escape(low)}-{re.escape(high)}"
        else:
            yield re.escape(body[0])
            body = body[1:]
