"""What compilers, linters and tests printed, as mistakes at lines of the repository: a failing step annotates them."""

from __future__ import annotations

from collections.abc import Iterable

from tidegate.deployment import Finding
from tidegate.diagnostics.compilers import Compilers
from tidegate.diagnostics.eslint import ESLint
from tidegate.diagnostics.golang import Go
from tidegate.diagnostics.lines import cleaned
from tidegate.diagnostics.mistake import Mistake, Reader
from tidegate.diagnostics.pytest import Pytest
from tidegate.diagnostics.python import Python
from tidegate.diagnostics.rust import Rust
from tidegate.diagnostics.sources import Sources
from tidegate.diagnostics.typescript import TypeScript
from tidegate.markdown import clip

#: Findings of one output: more are noise to whoever reads them, and GitHub takes 50 a request.
MOST = 200
#: Characters; GitHub takes 255 of a title, and lists read better with less.
LONGEST_TITLE, LONGEST_MESSAGE = 100, 500


def find(lines: Iterable[str], files: Iterable[str], context: str = "") -> tuple[Finding, ...]:
    """The first `MOST` mistakes, each once, in the order in which they were printed.

    `lines` are a container's output; `files` the repository's, relative to its root; `context` the directory ("" for
    the root) that the image was built from: nothing else of the repository is in a container. Takes time in proportion
    to its input, whatever that is.
    """
    sources = Sources(files, context)
    readers: tuple[Reader, ...] = (Compilers(), Python(), Pytest(), TypeScript(), ESLint(), Go(), Rust())
    found: dict[Finding, None] = {}
    for line in map(cleaned, lines):
        for reader in readers:
            for mistake in reader.read(line):
                finding = _finding(mistake, sources)
                if finding is not None:
                    found.setdefault(finding)
        if len(found) >= MOST:
            break
    return tuple(found)[:MOST]


def _finding(mistake: Mistake, sources: Sources) -> Finding | None:
    """At the first of its places that is in the repository; None where none is."""
    title, message = clip(mistake.title, LONGEST_TITLE), clip(mistake.message, LONGEST_MESSAGE)
    for place in mistake.places:
        path = sources.locate(place.path)
        if path is not None and place.line > 0:
            return Finding(path, place.line, title or "Error", message or title or "Error")
    return None
