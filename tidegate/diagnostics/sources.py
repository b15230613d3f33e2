"""From a path that a tool in a container printed to the file of the repository that it means."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable

#: What is cut off a path names other people's code: a file below is theirs, though one of ours may have the same name.
#: Or it is words, as where a builder repeats a command: `RUN cc src/x.c`.
_NOT_OURS = re.compile(
    r"\s|/(?:site-packages|dist-packages|python\d[\d.]*|node_modules|pkg/mod|\.cargo|\.rustup)/"
    r"|^/(?:usr/(?:local/)?(?:include|lib|lib32|lib64|libexec|share|go|cargo|rustup)|rustc)/"
)


class Sources:
    """The files of a build's context, found by how their paths end.

    What the Dockerfile copied where isn't known, but the end of a path stays: `/app/src/x.c` may be `src/x.c` or, after
    `COPY src /app/src`, `web/src/x.c`.
    """

    def __init__(self, files: Iterable[str], context: str = "") -> None:
        """As `diagnostics.find`. Names that can't be shown (not UTF-8, control characters) are left out."""
        self._above = f"{context}/" if context else ""
        self._named: dict[str, list[str]] = {}
        self._ends: dict[str, dict[str, str | None]] = {}
        self._depth = 0
        for file in files:
            if file.startswith(self._above) and file.isprintable():
                inside = file[len(self._above) :]
                self._named.setdefault(posixpath.basename(inside), []).append(inside)
                self._depth = max(self._depth, inside.count("/") + 1)

    def locate(self, path: str) -> str | None:
        """The file, relative to the repository's root, that most of the path's end names: the one whose whole path (in
        the context) that is, else the only one. None where there is none, where several are alike, or where the rest
        of the path says that it is none of ours.
        """
        parts = [part for part in posixpath.normpath(path).split("/") if part not in {"", ".", ".."}]
        ends = self._ends_of(parts[-1]) if parts else {}
        for start in range(max(0, len(parts) - self._depth), len(parts)):
            end = "/".join(parts[start:])
            if end in ends:
                found = ends[end]
                not_ours = _NOT_OURS.search("/".join(["", *parts[:start], ""]))
                return None if found is None or not_ours else self._above + found
        return None

    def _ends_of(self, name: str) -> dict[str, str | None]:
        """Every end of every path to a file of that name; None for an end that several have."""
        if name not in self._ends and name in self._named:
            whole = self._named[name]
            ends: dict[str, str | None] = {}
            for file in whole:
                parts = file.split("/")
                for start in range(1, len(parts)):
                    end = "/".join(parts[start:])
                    ends[end] = None if end in ends else file
            self._ends[name] = {**ends, **{file: file for file in whole}}
        return self._ends.get(name, {})
