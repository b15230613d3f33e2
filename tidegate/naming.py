"""Which services of an environment are found by their names on its private network: private ones, and whoever else's
name another has in a variable. The rest are spared the moment off the network that a name costs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping


def named(definitions: Iterable[tuple[str, Mapping[str, object]]]) -> frozenset[str]:
    """Of one environment's services, each with the definition of a deployment that runs or is about to."""
    found: set[str] = set()
    for name, definition in definitions:
        if definition.get("type") == "private":
            found.add(name)
        variables = definition.get("envVars")
        for variable in variables if isinstance(variables, list) else ():
            found.add(variable.get("reaches") or "")
    return frozenset(found - {""})
