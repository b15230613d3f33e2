"""From how people write down a version (exactly, as a range, by a nickname) to the tag of a base image."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import partial

from tidegate.plans.plan import Version
from tidegate.plans.tree import Tree

_EXACT = re.compile(r"v?=?\s*(\d{1,4}(?:\.\d{1,4}){0,2})(?:\s*(?:-otp-\d+|p\d+))?")
_COMPARATOR = re.compile(
    r"(>=|<=|==|!=|~=|~>|===|\^|~|>|<|=|)\s*v?(\d{1,4}(?:\.\d{1,4}){0,2})((?:\.[xX*]){0,2})[\w.+-]*"
)
_HYPHEN = re.compile(r"(\S+)\s+-\s+(\S+)")
_LAST = 10**6

Number = tuple[int, ...]


def exact(text: str) -> str | None:
    """`20`, `v20.11.1`, `3.3.0p0`, `1.17.2-otp-27` → the number alone; None for anything else."""
    found = _EXACT.fullmatch(text.strip())
    return found[1] if found else None


def written(tree: Tree, path: str, clean: Callable[[str], str | None] = exact) -> Version | None:
    """The version on a file's first line that isn't a comment, such as `.nvmrc`."""
    lines = (line.partition("#")[0].strip() for line in tree.text(path).splitlines())
    number = clean(next(filter(None, lines), ""))
    return Version(number, f"`{path}`") if number else None


def tool(tree: Tree, *names: str) -> Version | None:
    """The version that `.tool-versions` (asdf, mise) gives a tool, by any of its names."""
    for line in tree.text(".tool-versions").splitlines():
        match line.partition("#")[0].split():
            case [name, number, *_] if name in names and exact(number):
                return Version(exact(number) or "", "`.tool-versions`")
    return None


def ranged(spec: str, known: Sequence[str], reason: str) -> Version | None:
    """The first of `known` release lines (`22`, `3.12`) whose newest release satisfies a range as npm, pip, Poetry or
    mix write them; else the line that the range names itself. None where it is not understood."""
    single = exact(spec)
    if single is not None:
        return Version(single, reason)
    alternatives = [_comparators(each) for each in re.split(r"\|\|?|\bor\b", spec)]
    if not any(alternatives):
        return None
    for line in known:
        number = _number(line)
        newest = (*number, *(_LAST,) * (3 - len(number)))
        if any(tests and all(test(newest) for test in tests) for tests in alternatives):
            return Version(line, reason)
    named = _COMPARATOR.search(spec)
    return Version(named[2], reason) if named else None


def _comparators(text: str) -> list[Callable[[Number], bool]]:
    """All of which must hold; none where there is something in it that is not understood."""
    text = _HYPHEN.sub(r">=\1 <=\2", text.strip())
    rest = _COMPARATOR.sub("", text).replace(",", " ").replace("and", " ").strip()
    if rest:
        return []
    found = [(each[1], _number(each[2]), bool(each[3])) for each in _COMPARATOR.finditer(text)]
    return [partial(_holds, sign, number, wild) for sign, number, wild in found]


def _holds(sign: str, wanted: Number, wild: bool, newest: Number) -> bool:  # noqa: FBT001 - "20.x" or "20"
    same = newest[: len(wanted)] == wanted
    if sign in {"", "=", "==", "==="} or (wild and sign != "!="):
        return same
    match sign:
        case ">=" | ">":
            return newest >= wanted
        case "<":
            return newest < wanted
        case "<=":
            return newest <= wanted or same
        case "!=":
            return not same
        case "^":
            # Zeros in front don't count as the part that must stay.
            kept = next((at for at, part in enumerate(wanted, 1) if part), len(wanted))
            return newest >= wanted and newest[:kept] == wanted[:kept]
        case "~":
            return newest >= wanted and newest[: min(2, len(wanted))] == wanted[:2]
        case _:  # ~= and ~>: the last part that is written may rise
            kept = max(1, len(wanted) - 1)
            return newest >= wanted and newest[:kept] == wanted[:kept]


def _number(text: str) -> Number:
    return tuple(int(part) for part in text.split("."))


def at_least(number: str, least: str) -> bool:
    """Of exact versions: whether `number` is `least` or newer."""
    return _number(number) >= _number(least)
