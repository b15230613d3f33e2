"""The variables that a deployment runs with: what it was started with, or today's, which that then is."""

from __future__ import annotations

from collections.abc import Collection

from tidegate.blueprint import Service as Definition
from tidegate.deployment import Deployment
from tidegate.snapshot import Snapshot
from tidegate.store import CannotOpen
from worker.parts import Parts
from worker.run import Run
from worker.shelf import PLAIN, Shelf


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


def outdated(parts: Parts, deployment: Deployment, names: Collection[str]) -> bool:
    """Whether one of these variables is another today than it was started with, or will be; also where it can't be told
    yet, or for want of a key: the deployment says so then."""
    taken = parts.store.snapshots.of(deployment.id)
    if taken is None:
        return True
    try:
        return taken.only(names) != todays(parts, deployment).only(names)
    except CannotOpen:
        return True


def todays(parts: Parts, deployment: Deployment) -> Snapshot:
    """Generates what the deploy file asks to be generated, on its first use. Raises CannotOpen."""
    shelf = Shelf(parts, deployment)
    found = shelf.plain()
    for wanted in Definition.load(deployment.definition or {}).env_vars:
        kept = shelf.find(wanted)
        if kept is not None:
            found[wanted.key] = kept
    found |= shelf.own()
    return Snapshot(
        {name: value for name, (_, value) in found.items()},
        frozenset(name for name, (kind, _) in found.items() if kind != PLAIN),
    )
