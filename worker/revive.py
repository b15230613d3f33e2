"""An instance of what is live is started again: its own container where that is still there, else one just like it."""

from __future__ import annotations

from dataclasses import replace

from tidegate import wording
from tidegate.blueprint import Service as Definition
from tidegate.container import instance_spec, network_labels
from tidegate.deployment import SERVING
from tidegate.instance import Instance
from worker import make_way
from worker.carry import bring
from worker.parts import Parts
from worker.ports import Container, Unavailable
from worker.variables import started_with


def revive(parts: Parts, instance: Instance) -> Container | None:
    """None: its deployment isn't live any more. Raises Unavailable, also while another has its disk, or Refused where
    it can't be started. One that is new on its host waits for its image, and others of that host with it."""
    row = parts.store.deployments.get(instance.deployment_id)
    repository = parts.store.repositories.get(row.repository_id) if row else None
    if row is None or repository is None or repository.gone or row.status not in SERVING:
        return None
    definition = Definition.load(row.definition or {})
    spec = instance_spec(
        row,
        definition,
        repository.full_name,
        parts.settings.public_url(row.service, row.environment, row.definition),
        started_with(parts, row).values,
        instance.index,
    )
    engine = parts.hosts.of(instance.host)
    spec = replace(spec, runtime=parts.settings.runtime(row.environment))
    if spec.disk is not None:
        for other in make_way.holders(engine, spec.disk, row.id):
            raise Unavailable(wording.disk_in_use(other.name))
    engine.ensure_network(spec.network, network_labels(repository.full_name, row.environment))
    bring(parts, row, engine)
    return engine.start(spec)
