"""The variables that a deployment runs with: from its deploy file, generated once, or set elsewhere and encrypted."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass

from tidegate import preview
from tidegate.blueprint import EnvVar
from tidegate.blueprint import Service as Definition
from tidegate.deployment import Deployment
from tidegate.repository import PRODUCTION
from worker.parts import Parts

#: Name → (kind, value).
_Kept = Mapping[str, tuple[str, str]]
#: The kind of a variable that anybody may read; the others' values are shown to nobody.
_PLAIN = "plain"


@dataclass(frozen=True)
class Variables:
    """`secrets` are the values that no log may show."""

    values: dict[str, str]
    secrets: frozenset[str]


def environment_of(parts: Parts, deployment: Deployment) -> Variables:
    """Generates what the deploy file asks to be generated, on its first use.

    A preview has its own; of production's it gets the plain ones, and of the secret ones those that are marked for it.
    A stranger's preview gets no secret of production, however it is marked: the marks may be the stranger's own.
    """
    store = parts.store.variables
    wanted = Definition.load(deployment.definition or {}).env_vars
    number = preview.number_of(deployment.environment)
    copied: _Kept = {}
    if number is not None:
        record = parts.store.previews.get(deployment.repository_id, number)
        trusted = record is not None and not record.fork
        copied = _copied(store.of(deployment.service_id, PRODUCTION), wanted, trusted=trusted)
    own: dict[str, tuple[str, str]] = {**store.of(deployment.service_id, deployment.environment)}
    written: dict[str, str] = {}
    for each in wanted:
        value = each.written(preview=number is not None)
        if value is not None:
            written[each.key] = value
        elif each.generate and each.key not in {**copied, **own}:
            value = secrets.token_urlsafe(32)
            store.set(deployment.service_id, deployment.environment, each.key, value, "generated", parts.clock.now())
            own[each.key] = ("generated", value)
    kept = {**copied, **own}
    values = {**_values(copied), **written, **_values(own)}
    return Variables(values, frozenset(value for kind, value in kept.values() if kind != _PLAIN))


def _values(kept: _Kept) -> dict[str, str]:
    return {name: value for name, (_, value) in kept.items()}


def _copied(production: _Kept, wanted: tuple[EnvVar, ...], *, trusted: bool) -> _Kept:
    marked = {each.key for each in wanted if each.copied and trusted}
    return {name: kept for name, kept in production.items() if kept[0] == _PLAIN or name in marked}
