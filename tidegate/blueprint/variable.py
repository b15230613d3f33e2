"""A variable of the deploy file, and where it has its value from."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import AfterValidator, ConfigDict, Field, model_validator
from pydantic.json_schema import SkipJsonSchema

from tidegate.blueprint import rules
from tidegate.blueprint.fields import Fields, Switch, Words, like
from tidegate.blueprint.problem import mistake

_Variable = Annotated[str, AfterValidator(rules.variable_name), like(rules.VARIABLE)]

#: Of another service's variables those that we set, which `envVarKey` may name, and what property each of them is.
ADDRESSES = {"PORT": "port", "TIDEGATE_URL": "url"}


class FromService(Fields):
    """What another service of the file, or this one, is reached by, or one of its variables."""

    name: Words = Field(description="Name of the service.")
    type: Words | None = Field(None, description="Its type, which is checked where it is given.")
    property: Literal["host", "port", "hostport", "url"] | None = Field(
        None,
        description="`host`, `port`, or both as `host:port`: on the environment's private network. `url`: where it is "
        "reached from outside.",
    )
    env_var_key: Words | None = Field(None, description="Name of one of its variables.")

    @model_validator(mode="after")
    def _one_thing(self) -> Self:
        if (self.property is None) == (self.env_var_key is None):
            told = "nothing" if self.property is None else "two things"
            raise mistake(
                f"`fromService` asks for {told}.",
                "Give one of `property: host`, `port`, `hostport` or `url`, or `envVarKey: NAME`.",
            )
        return self


class Origin(Fields):
    """A variable of another service, or of a group, whose value is this one's."""

    service: str | None = None
    group: str | None = None
    key: str


class EnvVar(Fields):
    """A variable: a value; or generated once and kept; or another service's; or, with `sync: false`, set elsewhere and
    never in the file. Or, without a name, all those of a group."""

    model_config = ConfigDict(
        json_schema_extra={
            "additionalProperties": False,
            "oneOf": [
                {"required": ["key"], "properties": {"fromGroup": {"type": "null"}}},
                {"required": ["fromGroup"], "properties": {"key": {"type": "null"}}},
            ],
        }
    )

    key: _Variable = Field("", description="Name of the variable.")
    value: str | None = Field(None, description="Its value, in every environment that has none of its own.")
    preview_value: str | None = Field(None, description="Its value in previews of pull requests.")
    generate: Switch = Field(
        False, alias="generateValue", description="Make a random value of 256 bits once, and keep it."
    )
    synced: Switch = Field(True, alias="sync", description="`false`: the value is set on the server, not in this file.")
    copied: Switch = Field(
        False,
        alias="copyToPreviews",
        description="Previews get production's value of a generated or `sync: false` variable; forks never do.",
    )
    from_service: FromService | None = Field(None, description="Its value comes from another service.")
    from_group: Words | None = Field(None, description="In place of a name: has all variables of the group.")
    #: Once it is linked: whose value it has where it is given none of its own, the nearest first.
    origins: SkipJsonSchema[tuple[Origin, ...]] = ()
    #: Once it is linked: the service whose name on the private network is in its value.
    reaches: SkipJsonSchema[str | None] = None

    @model_validator(mode="after")
    def _nothing_beside_a_group(self) -> Self:
        if self.from_group is not None and self.model_fields_set != {"from_group"}:
            raise mistake("`fromGroup` stands for all of a group's variables.", "Give it an item of its own.")
        return self

    @model_validator(mode="after")
    def _one_source(self) -> Self:
        if self.from_group is not None:
            return self
        sources = [self.value is not None, self.generate, not self.synced, self.from_service is not None]
        if sum(sources) != 1:
            told = "nowhere" if not any(sources) else "from more than one place"
            raise mistake(
                f"`{self.key}` gets its value {told}.",
                "Give one of `value: …`, `generateValue: true`, `fromService: …` or `sync: false`.",
            )
        return self

    @model_validator(mode="after")
    def _one_source_in_previews(self) -> Self:
        if self.copied and self.value is not None:
            raise mistake(
                f"`copyToPreviews` is for secret variables, and `{self.key}` has its value in this file.",
                "Remove `copyToPreviews`: previews get that value anyway.",
            )
        if self.copied and self.from_service is not None:
            raise mistake(
                f"`{self.key}` is another service's, and so is what previews get.",
                "Write `copyToPreviews` where the variable has its value from.",
            )
        if self.copied and self.preview_value is not None and not self.origins:
            raise mistake(
                f"`{self.key}` gets two values in previews.", "Keep one of `previewValue` and `copyToPreviews`."
            )
        return self

    def written(self, *, preview: bool) -> str | None:
        """The value that the file gives it, in previews or in production; None: it is generated or set elsewhere."""
        return self.preview_value if preview and self.preview_value is not None else self.value


class EnvVarGroup(Fields):
    """Variables that several services have: what is generated is the same for all of them."""

    name: Words = Field(description="Unique in the file; services have its variables by `fromGroup`.")
    env_vars: tuple[EnvVar, ...] = Field((), description="Its variables: with a value, or generated.")
