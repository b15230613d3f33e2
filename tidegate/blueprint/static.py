"""What only a static site has in the deploy file, and what it can't have."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, Field, model_validator

from tidegate import site
from tidegate.blueprint import rules, unsupported
from tidegate.blueprint.fields import Fields, like
from tidegate.blueprint.nodes import Data, Document, Path

_Path = Annotated[str, AfterValidator(rules.request_path), like(rules.FROM_THE_ROOT)]
_Destination = Annotated[str, AfterValidator(rules.destination)]
_HeaderName = Annotated[str, AfterValidator(rules.header_name)]
_HeaderValue = Annotated[str, AfterValidator(rules.header_value)]


class Header(Fields):
    """Of a static site: a header of every answer to some paths."""

    path: _Path = Field(description="Of the requests; `*` stands for any characters, as in `/assets/*`.")
    name: _HeaderName = Field(description="Such as `Cache-Control`.")
    value: _HeaderValue = Field(description="Sent as it is.")

    @property
    def told(self) -> site.Header:
        """As the file server's configuration has it."""
        return site.Header(self.path, self.name, self.value)


class Route(Fields):
    """Of a static site: where a path leads at which there is no file. The first that matches counts."""

    type: Literal["redirect", "rewrite"] = Field(
        description="`redirect`: the browser is sent there (301). `rewrite`: another file is served in its place."
    )
    source: _Path = Field(description="Path, with one `*` for any characters, and `:name` for one part.")
    destination: _Destination = Field(description="Path, or for a redirect an address; may hold what the source has.")

    @model_validator(mode="after")
    def _fits(self) -> Self:
        rules.route(self.told)
        return self

    @property
    def told(self) -> site.Route:
        """As the file server's configuration has it."""
        return site.Route(self.type, self.source, self.destination)


#: Its lists of rules, and what each rule in them is.
RULES: tuple[tuple[str, type[BaseModel]], ...] = (("headers", Header), ("routes", Route))


def translate(document: Document, service: dict[str, Data], path: Path) -> None:
    """`type: static` is a web service of `runtime: static`, as Render writes it."""
    if service.get("type") != "static":
        return
    service["type"] = "web"
    if service.setdefault("runtime", "static") != "static":
        message = "`type: static` has no other `runtime` than `static`."
        document.problem((*path, "runtime"), message, "Remove it; what its build needs is found in the tree.")
        service["runtime"] = "static"


def check(document: Document, service: dict[str, Data], path: Path) -> None:
    """What only a static site has, and what it can't have."""
    if service.get("runtime") != "static":
        for name in unsupported.OF_A_SITE:
            if service.pop(name, None) is not None:
                message = f"`{name}` is for static sites only."
                document.problem((*path, name), message, "Write `type: static`, or remove it.", key=True)
        return
    if service.get("type", "web") != "web":
        message = f"`runtime: static` has no meaning with `type: {service['type']}`."
        document.problem((*path, "runtime"), message, "Write `type: static`.")
    for name, why in unsupported.OF_NO_SITE.items():
        if service.pop(name, None) is not None:
            message = f"`{name}` has no meaning for a static site: {why}."
            document.problem((*path, name), message, "Remove it.", key=True)
