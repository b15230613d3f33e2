"""Other systems' deploy files → ours, with a list of what could not be had over. Pure: texts in, texts out."""

from __future__ import annotations

from tidegate.imports import railway, render
from tidegate.imports.imported import Imported, Note, NotRead

__all__ = ["Imported", "NotRead", "Note", "convert"]


def convert(file: str, text: str, name: str) -> Imported:
    """`file` is its name, which tells the system; `name`: the service's, where the file has none. Raises NotRead."""
    base = file.rpartition("/")[2].lower()
    if base.endswith((".json", ".toml")):
        return railway.convert(file, text, name)
    if base.endswith((".yaml", ".yml")):
        return render.convert(file, text)
    raise NotRead("name a `render.yaml`, a `railway.json` or a `railway.toml`")
