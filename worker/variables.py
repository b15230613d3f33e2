"""The variables that a deployment runs with: what it was started with, or today's, which that then is."""

from __future__ import annotations

import secrets
from collections.abc import Mapping

from tidegate import preview
from tidegate.blueprint import EnvVar
from tidegate.blueprint import Service as Definition
from tidegate.deployment import Deployment
from tidegate.repository import PRODUCTION
from tidegate.snapshot import Snapshot
from worker.parts import Parts
from worker.run import Run

#: Name → (kind, value).
_Kept = Mapping[str, tuple[str, str]]
#: The kind of a variable that anybody may read; the others' values are shown to nobody.
_PLAIN = "plain"


def settled(run: Run) -> Snapshot:
    """Those of the rollout, from its beginning to its end, whoever takes it over. Raises LaneLost, CannotOpen."""
    snapshots = run.parts.store.snapshots
    snapshot = snapshots.of(run.deployment.id)
    if snapshot is None:
        snapshot = todays(run.parts, run.deployment)
        snapshots.take(run.lane, snapshot)
    run.secrets = snapshot.secrets
    return snapshot


def started_with(parts: Parts, deployment: Deployment) -> Snapshot:
    """Those of a deployment that runs. One that was started before snapshots were taken has today's."""
    return parts.store.snapshots.of(deployment.id) or todays(parts, deployment)


def todays(parts: Parts, deployment: Deployment) -> Snapshot:
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
    written: dict[str, tuple[str, str]] = {}
    for each in wanted:
        value = each.written(preview=number is not None)
        if value is not None:
            written[each.key] = (_PLAIN, value)
        elif each.generate and each.key not in {**copied, **own}:
            value = secrets.token_urlsafe(32)
            store.set(deployment.service_id, deployment.environment, each.key, value, "generated", parts.clock.now())
            own[each.key] = ("generated", value)
    found = {**copied, **written, **own}
    return Snapshot(
        {name: value for name, (_, value) in found.items()},
        frozenset(name for name, (kind, _) in found.items() if kind != _PLAIN),
    )


def _copied(production: _Kept, wanted: tuple[EnvVar, ...], *, trusted: bool) -> _Kept:
    marked = {each.key for each in wanted if each.copied and trusted}
    return {name: kept for name, kept in production.items() if kept[0] == _PLAIN or name in marked}
