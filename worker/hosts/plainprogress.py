"""BuildKit's `--progress=plain` made readable: steps and what their commands print, without the machinery.

The format is BuildKit's own (util/progress/progressui/printer.go): every line belongs to a vertex, `#7 …`; its first
line is its name, a command's output comes as `#7 0.123 text`, and its end as `#7 DONE 0.4s`, `CACHED` or `ERROR: …`.
"""

from __future__ import annotations

import re

from worker.ports import OnLine

_VERTEX = re.compile(r"#(\d+) (.*)")
_OUTPUT = re.compile(r"\d+\.\d+ ?(.*)")
#: A name of a step in the Dockerfile: [2/3] RUN …, [build 1/4] FROM …
_STEP = re.compile(r"\[(?:[^\]/]+ )?\d+/\d+\] .*")


class PlainProgress:
    """Takes raw lines, passes on those that a person wants to read."""

    def __init__(self, on_line: OnLine) -> None:
        self._on_line = on_line
        self._names: dict[str, str] = {}

    def line(self, raw: str) -> None:
        vertex = _VERTEX.fullmatch(raw)
        if vertex is None:
            # Between vertices stand the summary of an error, which is worth reading, and empty lines.
            if raw.strip():
                self._on_line(raw)
            return
        number, text = vertex.groups()
        if number not in self._names:
            self._names[number] = text
            if _STEP.fullmatch(text):
                self._on_line(text)
        elif _STEP.fullmatch(self._names[number]):
            self._step(self._names[number], text)

    def _step(self, name: str, text: str) -> None:
        output = _OUTPUT.fullmatch(text)
        if output is not None:
            self._on_line(output[1])
        elif text == "CACHED" or text.startswith(("DONE ", "ERROR: ", "CANCELED")):
            self._on_line(f"{text} {name.partition('] ')[0]}]" if text[0] in "DC" else text)
