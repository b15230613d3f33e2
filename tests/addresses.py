"""Flask compiles, for each app anew, how each of its addresses is written; from the same text it is the same code.
The tests make more than a thousand apps of more than a hundred addresses: without this it is a quarter of their time.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from werkzeug.routing import Rule

_Builder = Callable[..., tuple[str, str]]

_compile: Callable[[Rule, bool], _Builder] = Rule._compile_builder
_compiled: dict[tuple[Any, ...], _Builder] = {}


def compile_once() -> None:
    """From now on, in this process."""
    Rule._compile_builder = _once  # type: ignore[method-assign,assignment]  # its parameters' names don't matter here


def _once(rule: Rule, append_unknown: bool = True) -> _Builder:
    if rule.defaults:  # these are in the code, as the rule's own converters write them
        return _compile(rule, append_unknown)
    key = (rule.rule, tuple(rule._trace), append_unknown)
    if key not in _compiled:
        _compiled[key] = _compile(rule, append_unknown)
    return _compiled[key]
