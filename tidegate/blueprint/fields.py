"""What all mappings of the deploy file have in common."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

#: Names of fields that are made from the file and kept with the rest; they can't be written there.
MADE = frozenset({"origins"})
Words = Annotated[str, Field(min_length=1)]


class Fields(BaseModel):
    # The reader refuses unknown fields, with suggestions; a stored definition of another version may have some.
    model_config = ConfigDict(
        frozen=True,
        alias_generator=to_camel,
        populate_by_name=True,
        extra="ignore",
        json_schema_extra={"additionalProperties": False},
    )
