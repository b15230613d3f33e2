"""`tidegate import`: another system's deploy file as ours, and what of it has to be done by hand."""

from __future__ import annotations

import re
import sys
from pathlib import Path

from tidegate import imports
from tidegate.imports import NotRead

#: Exit codes.
_NOTHING, _USAGE = 1, 2


def import_file(file: Path, output: Path | None, name: str | None) -> int:
    """0: written, to `output` or to stdout; 1: nothing in it can be had over; 2: it can't be read, or `output` is
    there already. Notes go to stderr."""
    if output is not None and output.exists():
        print(f"{output}: it is there already; name another, or move it away", file=sys.stderr)
        return _USAGE
    try:
        text = file.read_text(encoding="utf-8")
        imported = imports.convert(str(file), text, name or _service_name(file.resolve().parent.name))
    except (OSError, UnicodeDecodeError, NotRead) as error:
        print(f"{file}: {getattr(error, 'strerror', None) or error}", file=sys.stderr)
        return _USAGE
    for note in imported.notes:
        print(f"{file}:{note.line}: {note.told}", file=sys.stderr)
    if imported.text is None:
        return _NOTHING
    if output is None:
        print(imported.text, end="")
    else:
        output.write_text(imported.text, encoding="utf-8")
    return 0


def _service_name(directory: str) -> str:
    """What the reader takes for one."""
    return re.sub(r"[^a-z0-9]+", "-", directory.lower()).strip("-")[:30].strip("-") or "web"
