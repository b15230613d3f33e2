"""Groups of variables → what each service that names one has of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tidegate.blueprint.model import Service
from tidegate.blueprint.nodes import Document, Path
from tidegate.blueprint.suggestion import suggestion
from tidegate.blueprint.variable import EnvVar, EnvVarGroup, Origin


@dataclass(frozen=True)
class Groups:
    """By name; what is wrong with a reference to one is told to the document."""

    groups: Mapping[str, EnvVarGroup]
    document: Document

    def spread(self, service: Service, path: Path) -> tuple[Service, list[Path]]:
        """The service with its groups' variables in place of their names, and where in the file each variable is.
        `path` is that of its `envVars`. Its own variables count before those of a group."""
        found: list[tuple[EnvVar, Path]] = []
        own = {each.key for each in service.env_vars}
        group_of: dict[str, str] = {}
        for number, variable in enumerate(service.env_vars):
            at = (*path, number)
            if variable.from_group is None:
                found.append((variable, at))
                continue
            for each in self._group(variable.from_group, (*at, "fromGroup")):
                if each.key in own:
                    continue
                first = group_of.setdefault(each.key, variable.from_group)
                if first != variable.from_group:
                    message = f"`{each.key}` is in `{first}` as well."
                    self.document.problem((*at, "fromGroup"), message, "Give the service one of its own, or rename it.")
                found.append((each, at))
        return service.model_copy(update={"env_vars": tuple(each for each, _ in found)}), [at for _, at in found]

    def _group(self, name: str, path: Path) -> list[EnvVar]:
        group = self.groups.get(name)
        if group is None:
            hint = suggestion(name, list(self.groups), always=bool(self.groups))
            self.document.problem(path, f"There is no group `{name}` in this file.", hint)
            return []
        return [
            each.model_copy(update={"origins": (Origin(group=name, key=each.key),)}) if each.generate else each
            for each in group.env_vars
        ]
