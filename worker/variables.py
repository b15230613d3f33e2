"""The variables that a deployment runs with: from its deploy file, generated once, or set elsewhere and encrypted."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from tidegate.blueprint import Service as Definition
from tidegate.deployment import Deployment
from worker.parts import Parts


@dataclass(frozen=True)
class Variables:
    """`secrets` are the values that no log may show."""

    values: dict[str, str]
    secrets: frozenset[str]


def environment_of(parts: Parts, deployment: Deployment) -> Variables:
    """Generates what the deploy file asks to be generated, on its first use."""
    store = parts.store.variables
    kept = store.of(deployment.service_id, deployment.environment)
    values: dict[str, str] = {}
    for wanted in Definition.load(deployment.definition or {}).env_vars:
        if wanted.value is not None:
            values[wanted.key] = wanted.value
        elif wanted.generate and wanted.key not in kept:
            value = secrets.token_urlsafe(32)
            store.set(deployment.service_id, deployment.environment, wanted.key, value, "generated", parts.clock.now())
            kept[wanted.key] = ("generated", value)
    values |= {name: value for name, (_, value) in kept.items()}
    return Variables(values, frozenset(value for kind, value in kept.values() if kind != "plain"))
