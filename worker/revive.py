"""An instance of what is live is started again: its own container where that is still there, else one just like it."""

from __future__ import annotations

import structlog

from tidegate.blueprint import Service as Definition
from tidegate.container import instance_spec, network_labels
from tidegate.deployment import SERVING, Deployment
from tidegate.instance import Instance
from worker.carry import carry
from worker.parts import Parts
from worker.ports import Container, Engine, Unavailable
from worker.variables import started_with

log = structlog.get_logger(__name__)


def revive(parts: Parts, instance: Instance) -> Container | None:
    """None: its deployment isn't live any more. Raises Unavailable, or Refused where it can't be started. One that is
    new on its host waits for its image, and others of that host with it."""
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
    engine.ensure_network(spec.network, network_labels(repository.full_name, row.environment))
    if len(parts.hosts) > 1:
        _carry(parts, row, engine)
    return engine.start(spec)


def _carry(parts: Parts, row: Deployment, engine: Engine) -> None:
    def say(line: str) -> None:
        log.info("carrying an image", deployment=row.id, line=line)

    try:
        carry(parts, row, engine, say, lambda: False)
    except TimeoutError as trouble:
        raise Unavailable(str(trouble)) from trouble
