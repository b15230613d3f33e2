"""`tidegate import`: another system's deploy file as ours, and what of it has to be done by hand."""

from __future__ import annotations

import re
import sys
from pathlib import Path

from cli.command import Shown
from cli.trouble import Exit, Usage
from tidegate import imports
from tidegate.imports import NotRead


def import_file(file: Path, output: Path | None, name: str | None) -> Shown:
    """Written to `output`, or told. Fails where nothing in it can be had over; notes go to stderr. Raises Usage where
    it can't be read, or `output` is there already or can't be."""
    if output is not None and output.exists():
        raise Usage(f"{output}: it is there already; name another, or move it away")
    try:
        text = file.read_text(encoding="utf-8")
        imported = imports.convert(str(file), text, name or _service_name(file.resolve().parent.name))
    except (OSError, UnicodeDecodeError, NotRead) as error:
        raise Usage(f"{file}: {getattr(error, 'strerror', None) or error}") from error
    for note in imported.notes:
        print(f"{file}:{note.line}: {note.told}", file=sys.stderr)
    document = {"text": imported.text, "notes": [{"line": each.line, "told": each.told} for each in imported.notes]}
    if imported.text is None:
        return Shown(document, [], Exit.FAILED)
    if output is None:
        return Shown(document, [imported.text.removesuffix("\n")])
    try:
        output.write_text(imported.text, encoding="utf-8")
    except OSError as error:
        raise Usage(f"{output}: {error.strerror}") from error
    return Shown(document, [])


def _service_name(directory: str) -> str:
    """What the reader takes for one."""
    return re.sub(r"[^a-z0-9]+", "-", directory.lower()).strip("-")[:30].strip("-") or "web"
