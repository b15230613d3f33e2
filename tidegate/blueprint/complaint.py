"""What the model has to say against a file, in words for who wrote it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from pydantic_core import ErrorDetails

from tidegate.blueprint.nodes import path_text
from tidegate.blueprint.suggestion import suggestion

EXAMPLE = "The least is `services:` and below it `- name: web`."


def in_words(error: ErrorDetails) -> tuple[str, str]:
    """(what is wrong, what to do)."""
    context: dict[str, Any] = error.get("ctx", {})
    name = path_text(error["loc"]).rpartition(".")[2]
    given = error["input"]
    shown = f"`{name}: {given}`" if isinstance(given, str) else f"`{name}`"
    match error["type"]:
        case "mistake":
            return context["message"], context["hint"]
        case "missing":
            return f"`{name}` is missing.", EXAMPLE if name == "services" else f"Add `{name}: …`."
        case "literal_error" | "enum":
            choices = re.findall(r"'([^']*)'", context["expected"])
            return f"{shown} is none of the values that can be.", suggestion(str(given), choices, always=True)
        case "greater_than_equal" | "greater_than" | "less_than_equal":
            return f"{shown} is out of range.", _range(context)
        case "too_short" | "string_too_short":
            return f"`{name}` is empty.", "Give at least one." if error[
                "type"
            ] == "too_short" else "Write a value, or remove it."
        case kind:
            wanted = next((text for start, text in _WANTED.items() if kind.startswith(start)), "something else")
            return f"{shown} is not {wanted}.", _HINTS.get(wanted, "")


_WANTED = {
    "string": "a text",
    "int": "a whole number",
    "float": "a number",
    "finite": "a number",
    "bool": "true or false",
    "tuple": "a list",
    "list": "a list",
    "model": "a mapping of fields",
    "dict": "a mapping of fields",
}
_HINTS = {
    "a list": "Put each item on a line of its own, after a dash.",
    "a mapping of fields": "Write `name: value` lines below it.",
    "a text": "Write one value, without a list or fields below it.",
}


def _range(context: Mapping[str, Any]) -> str:
    if "le" in context:
        return f"It may be at most {context['le']}."
    return f"It must be at least {context['ge']}." if "ge" in context else f"It must be more than {context['gt']:g}."
