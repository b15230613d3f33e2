"""References to other services and to groups → variables that say by themselves where their value is.

A deployment keeps nothing of the deploy file but its own service; so what that has from others is looked up here, while
the whole file is at hand, and with it whatever leads nowhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tidegate.blueprint import unsupported
from tidegate.blueprint.groups import Groups
from tidegate.blueprint.model import Blueprint, Service
from tidegate.blueprint.nodes import Document, Path
from tidegate.blueprint.suggestion import suggestion
from tidegate.blueprint.variable import ADDRESSES, EnvVar, FromService, Origin

#: (service, variable): where a reference was met on the way.
_Way = tuple[tuple[str, str], ...]


def linked(blueprint: Blueprint, document: Document) -> Blueprint:
    """The same without references; those that lead nowhere are told to the document as problems, and left."""
    groups = Groups({group.name: group for group in blueprint.env_var_groups}, document)
    paths = [("services", index, "envVars") for index in range(len(blueprint.services))]
    whole = [groups.spread(*each) for each in zip(blueprint.services, paths, strict=True)]
    links = _Links({service.name: service for service, _ in whole})
    services = []
    for service, at in whole:
        variables = zip(service.env_vars, at, strict=True)
        found = [_linked(links, service, each, document, (*path, "fromService")) for each, path in variables]
        services.append(service.model_copy(update={"env_vars": tuple(found)}))
    return blueprint.model_copy(update={"services": tuple(services)})


def _linked(links: _Links, service: Service, variable: EnvVar, document: Document, path: Path) -> EnvVar:
    try:
        return links.follow(service, variable)
    except _Broken as broken:
        document.problem((*path, broken.field), broken.message, broken.hint)
        return variable


class _Broken(Exception):
    """`field` of the reference leads nowhere."""

    def __init__(self, field: str, message: str, hint: str) -> None:
        super().__init__(message)
        self.field, self.message, self.hint = field, message, hint


@dataclass(frozen=True)
class _Links:
    services: Mapping[str, Service]

    def follow(self, holder: Service, variable: EnvVar, way: _Way = ()) -> EnvVar:
        """The variable with what its reference leads to. Raises _Broken."""
        reference = variable.from_service
        if reference is None:
            return variable
        if (holder.name, variable.key) in way:
            told = " → ".join(f"`{key}` of `{name}`" for name, key in (*way, way[0]))
            raise _Broken("envVarKey", f"It goes round in a circle: {told}.", "Give one of them a value.")
        target = self._target(reference)
        key = reference.env_var_key or ""
        address = reference.property or (ADDRESSES.get(key) if key not in _keys(target) else None)
        if address is not None:
            field = "property" if reference.property else "envVarKey"
            found = _address(target, address, field)
        else:
            found = self._variable(target, key, (*way, (holder.name, variable.key)))
        own = {"key": variable.key, "preview_value": variable.preview_value or found.preview_value}
        return found.model_copy(update=own)

    def _target(self, reference: FromService) -> Service:
        target = self.services.get(reference.name)
        if target is None:
            message = f"There is no service `{reference.name}` in this file."
            raise _Broken("name", message, suggestion(reference.name, list(self.services), always=True))
        if reference.type is not None and unsupported.TYPES.get(reference.type, reference.type) != target.type:
            message = f"The type of `{target.name}` is `{target.type}`, not `{reference.type}`."
            raise _Broken("type", message, f"Write `type: {target.type}`, or leave it out.")
        return target

    def _variable(self, target: Service, key: str, way: _Way) -> EnvVar:
        other = next((each for each in target.env_vars if each.key == key), None)
        if other is None:
            message = f"`{target.name}` has no variable `{key}` in this file."
            names = [*_keys(target), *ADDRESSES]
            raise _Broken("envVarKey", message, suggestion(key, names, always=True))
        found = self.follow(target, other, way)
        return found.model_copy(update={"origins": (Origin(service=target.name, key=key), *found.origins)})


def _keys(service: Service) -> list[str]:
    return [each.key for each in service.env_vars]


def _address(target: Service, kind: str, field: str) -> EnvVar:
    """What the target is reached by. Its public URL depends on the environment, and is made up when it is known."""
    if not target.listens:
        raise _Broken(field, f"`{target.name}` is a `{target.type}` service: nothing is sent to it.", "Remove it.")
    if kind == "url" and target.type != "web":
        hint = "Reach it on the private network: `property: hostport`."
        raise _Broken(field, f"`{target.name}` is a `{target.type}` service: it has no public URL.", hint)
    if kind == "url":
        return EnvVar(key="_", sync=False, origins=(Origin(service=target.name, key="TIDEGATE_URL"),))
    values = {"host": target.name, "port": str(target.port), "hostport": f"{target.name}:{target.port}"}
    return EnvVar(key="_", value=values[kind], reaches=None if kind == "port" else target.name)
