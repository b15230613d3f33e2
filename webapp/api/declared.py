"""Endpoints of the API as they are declared: what each takes is read by its declaration, and described from it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import wraps
from typing import Any, Protocol, TypeVar

from flask import Blueprint, request

from tidegate.permission import Action
from webapp import parameters as read
from webapp.api.shapes import Schema
from webapp.once import once
from webapp.viewer import viewer

Told = dict[str, str | bool]


class Parameter(Protocol):
    @property
    def name(self) -> str: ...

    @property
    def about(self) -> str: ...

    @property
    def required(self) -> bool: ...

    @property
    def schema(self) -> Schema: ...


@dataclass(frozen=True)
class Line:
    """One line of text; `about` says what to write."""

    name: str
    about: str
    most: int = 100
    required: bool = False

    @property
    def schema(self) -> Schema:
        return {"type": "string", "minLength": 1, "maxLength": self.most, "pattern": r"\S"}

    def of(self, told: Told) -> str | None:
        """None where it isn't told. Raises Problem."""
        return read.text(told, self.name, self.most, self.about)

    def must(self, told: Told) -> str:
        """Raises Problem also where it isn't told."""
        found = self.of(told)
        if found is None:
            raise read.bad(f"Say `{self.name}`: {self.about}.")
        return found


@dataclass(frozen=True)
class Whole:
    """A whole number."""

    name: str
    about: str
    least: int
    most: int
    usual: int | None = None
    required: bool = False

    @property
    def schema(self) -> Schema:
        default = {} if self.usual is None else {"default": self.usual}
        return {"type": "integer", "minimum": self.least, "maximum": self.most, **default}

    def of(self, told: Told) -> int | None:
        """Raises Problem."""
        return read.number(told, self.name, self.least, self.most) if self.name in told else self.usual

    def must(self, told: Told) -> int:
        """Raises Problem also where it isn't told, and nothing is usual."""
        found = self.of(told)
        return read.number(told, self.name, self.least, self.most) if found is None else found


@dataclass(frozen=True)
class Flag:
    """Yes or no; `words` are other ways to say it."""

    name: str
    about: str
    usual: bool = False
    required: bool = False
    words: Mapping[str, bool] = field(default_factory=dict)

    @property
    def schema(self) -> Schema:
        yes_or_no: Schema = {"type": "boolean", "default": self.usual}
        return yes_or_no if not self.words else {"anyOf": [yes_or_no, {"type": "string", "enum": list(self.words)}]}

    def of(self, told: Told) -> bool:
        """Raises Problem."""
        value = told.get(self.name)
        if isinstance(value, str) and value in self.words:
            return self.words[value]
        return read.flag(told, self.name, default=self.usual)


@dataclass(frozen=True)
class OneOf:
    """One of some words."""

    name: str
    about: str
    words: tuple[str, ...]
    usual: str | None = None
    required: bool = False

    @property
    def schema(self) -> Schema:
        default = {} if self.usual is None else {"default": str(self.usual)}
        return {"type": "string", "enum": [str(each) for each in self.words], **default}

    def of(self, told: Told) -> str | None:
        """Raises Problem."""
        value = told.get(self.name, self.usual)
        if value is not None and value not in self.words:
            raise read.bad(f"`{self.name}` is one of {', '.join(f'`{each}`' for each in self.words)}.")
        return value if value is None else str(value)

    def must(self, told: Told) -> str:
        """Raises Problem also where it isn't told, and nothing is usual."""
        found = self.of(told)
        if found is None:
            raise read.bad(f"Say `{self.name}`: {self.about}.")
        return found


@dataclass(frozen=True)
class Verbatim:
    """Text as it is, with whatever white space it has; it may be empty."""

    name: str
    about: str
    most: int
    required: bool = True

    @property
    def schema(self) -> Schema:
        return {"type": "string", "maxLength": self.most, "pattern": r"^[^\x00]*$"}

    def must(self, told: Told) -> str:
        """Raises Problem."""
        value = told.get(self.name)
        if isinstance(value, str) and request.mimetype == "application/x-www-form-urlencoded":
            # Browsers end lines so, however they were typed: https://html.spec.whatwg.org/#constructing-the-form-data-set
            value = value.replace("\r\n", "\n")
        return self.checked(value)

    def checked(self, value: object) -> str:
        """The same, where it is such a text. Raises Problem."""
        if not isinstance(value, str) or "\0" in value or len(value) > self.most:
            raise read.bad(f"`{self.name}` is text without NUL characters, of at most {self.most}; it may be empty.")
        return value


@dataclass(frozen=True)
class Texts:
    """Several texts by their names: an object. `each` is what one of them is."""

    name: str
    about: str
    each: Verbatim
    most: int
    required: bool = False

    @property
    def schema(self) -> Schema:
        return {
            "type": "object",
            "minProperties": 1,
            "maxProperties": self.most,
            "additionalProperties": self.each.schema,
        }

    def of(self, told: Told) -> dict[str, str] | None:
        """None where it isn't told. Raises Problem."""
        if self.name not in told:
            return None
        try:
            found = json.loads(str(told[self.name]))
        except ValueError:
            found = None
        if not isinstance(found, dict) or not 1 <= len(found) <= self.most:
            raise read.bad(f"`{self.name}` is a JSON object: {self.about}, at most {self.most}.")
        return {name: self.each.checked(value) for name, value in found.items()}


def told(takes: tuple[Parameter, ...]) -> Told:
    """What this request says of them; refuses what isn't among them. Raises Problem."""
    numbers, objects = ([each.name for each in takes if isinstance(each, kind)] for kind in (Whole, Texts))
    return read.parameters([each.name for each in takes], numbers, objects)


#: Kinds of answers: a JSON object a line; server-sent events.
LINES, EVENTS = "application/x-ndjson", "text/event-stream"


@dataclass(frozen=True)
class Endpoint:
    """`gives`: by status, what the answer's body is, None where it has none; of LINES what each is. `kind`: the body's.
    `action`: what the asker must be allowed in the repository that it is about; `about`: what it takes else."""

    summary: str
    gives: Mapping[int, Schema | None]
    takes: tuple[Parameter, ...] = ()
    action: Action | None = None
    kind: str = "application/json"
    people_only: bool = False
    about: str = ""


#: By what serves them.
DECLARED: dict[object, Endpoint] = {}
_View = TypeVar("_View", bound=Callable[..., Any])


def endpoint(blueprint: Blueprint, method: str, rule: str, declared: Endpoint) -> Callable[[_View], _View]:
    """Serves it to whoever has signed in or sends a token. The function itself is left as it is, for the pages."""

    def declare(view: _View) -> _View:
        @wraps(view)
        def served(**path: Any) -> Any:
            asker = viewer()
            if not declared.takes:
                told(())
            return once(asker, lambda: view(**path)) if method == "POST" else view(**path)

        blueprint.add_url_rule(rule, view.__name__, served, methods=[method])
        DECLARED[served] = declared
        return view

    return declare
