"""What a program tells with a request: in the query, as a form, or as JSON. A name that nobody knows is refused rather
than passed over: a misspelt parameter must not deploy something else than was meant."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable
from http import HTTPStatus

from flask import request

from webapp.problem import Problem

#: Bytes of a body, of whatever is asked for; webhooks don't come this way.
MOST = 16_384
#: Of a number; beyond them nobody means it.
_DIGITS = 10


def parameters(
    known: Collection[str], numbers: Collection[str] = (), objects: Collection[str] = ()
) -> dict[str, str | bool]:
    """By name, each at most once; what JSON says is null isn't told. `numbers`: those that JSON may write without
    quotes; `objects`: those that are an object, told on as its JSON, as a form has to send it. Raises Problem."""
    found: dict[str, str | bool] = {}
    for name, given in [*request.args.items(multi=True), *_body()]:
        value = str(given) if name in numbers and type(given) is int else given
        if name in objects and isinstance(given, dict):
            value = json.dumps(given)
        if name not in known:
            raise bad(f"There is no parameter `{name}`. Those that there are: {', '.join(known)}.")
        if name in found:
            raise bad(f"`{name}` is told twice. Tell it once.")
        if not isinstance(value, str | bool):
            raise bad(f"`{name}` is text, so put it in quotes.")
        found[name] = value
    return found


def text(told: dict[str, str | bool], name: str, most: int, hint: str) -> str | None:
    """A parameter of one line, without white space around it; None where it isn't told. `hint` says what to write."""
    value = told.get(name)
    if value is None:
        return None
    if not isinstance(value, str) or not value.strip() or not value.isprintable() or len(value) > most:
        raise bad(f"`{name}` is {hint}, in at most {most} characters. Leave it out if you mean none.")
    return value.strip()


def number(told: dict[str, str | bool], name: str, least: int, most: int) -> int:
    """A whole number that must be told. Raises Problem."""
    value = told.get(name)
    known = isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < _DIGITS
    if not known or not least <= int(str(value)) <= most:
        raise bad(f"`{name}` is a whole number from {least} to {most}.")
    return int(str(value))


def flag(told: dict[str, str | bool], name: str, *, default: bool = False) -> bool:
    """Yes or no, as JSON has it or in words. Raises Problem."""
    found = {True: True, False: False, "true": True, "false": False}.get(told.get(name, default))
    if found is None:
        raise bad(f"`{name}` is `true` or `false`.")
    return found


def keep_body() -> bytes:
    """Read within the limit, and kept: once Flask has read a form by itself, nobody else finds the body."""
    return request.get_data(cache=True)


def _body() -> Iterable[tuple[str, object]]:
    if not keep_body():
        return []
    if request.mimetype == "application/x-www-form-urlencoded":
        return request.form.items(multi=True)
    if not request.is_json:
        raise Problem(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "Send parameters in the query, as a form, or as JSON.")
    found = request.get_json(silent=True)
    if not isinstance(found, dict):
        raise bad('The body is no JSON object, such as {"ref": "main"}.')
    return [(name, value) for name, value in found.items() if value is not None]


def bad(detail: str) -> Problem:
    return Problem(HTTPStatus.BAD_REQUEST, detail)
