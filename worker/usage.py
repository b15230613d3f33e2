"""How much is on the disks: told on the timeline where it is more than a service asked for. Nothing is cut off: the
volumes of an ordinary engine have no limit of their own."""

from __future__ import annotations

from tidegate import wording
from tidegate.blueprint import Service as Definition
from tidegate.container import disk_of
from tidegate.disk import OVER_SIZE
from tidegate.retention import GIGABYTE
from tidegate.store.timeline import entry_of
from worker.parts import Parts


def tell_of_full_disks(parts: Parts) -> None:
    """Once for each deployment, of those that are live. Raises Unavailable."""
    served = {each.instance.deployment_id: each.instance.host for each in parts.store.instances.tended()}
    rows = [row for row in map(parts.store.deployments.get, sorted(served)) if row is not None]
    with_disk = [(row, definition) for row in rows if (definition := Definition.load(row.definition or {})).disk]
    sizes: dict[str, int] = {}
    for host in {served[row.id] for row, _ in with_disk}:
        sizes |= parts.hosts.of(host).volume_sizes()
    for row, definition in with_disk:
        mount = disk_of(row, definition, "")
        assert mount is not None
        assert definition.disk is not None
        size = sizes.get(mount.volume, 0)
        told = any(entry.kind == OVER_SIZE for entry in parts.store.timeline.of_deployment(row.id))
        if size > definition.disk.size_gb * GIGABYTE and not told:
            text = wording.disk_over_size(definition.disk.name, size / GIGABYTE, definition.disk.size_gb)
            parts.store.timeline.add(entry_of(row, parts.clock.now(), OVER_SIZE, text, "tidegate"))
