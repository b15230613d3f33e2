"""What all mappings of the deploy file have in common."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema
from pydantic.alias_generators import to_camel
from pydantic_core import PydanticCustomError

#: Names of fields that are made from the file and kept with the rest; they can't be written there.
MADE = frozenset({"origins"})
#: YAML's words for a switch, in lower case.
SWITCH = {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}


def _switch(value: object) -> object:
    if isinstance(value, str):
        if value.lower() not in SWITCH:
            raise PydanticCustomError("bool_parsing", "no switch")
        return SWITCH[value.lower()]
    return value


Words = Annotated[str, Field(min_length=1)]
Switch = Annotated[bool, BeforeValidator(_switch)]


def like(pattern: str, longest: int | None = None) -> WithJsonSchema:
    """What the schema says of a text that a rule looks at more closely: `pattern` is that of the whole."""
    limit = {} if longest is None else {"maxLength": longest}
    return WithJsonSchema({"type": "string", "pattern": f"^{pattern}$", **limit})


class Fields(BaseModel):
    # The reader refuses unknown fields, with suggestions; a stored definition of another version may have some.
    model_config = ConfigDict(
        frozen=True,
        alias_generator=to_camel,
        populate_by_name=True,
        extra="ignore",
        json_schema_extra={"additionalProperties": False},
    )
