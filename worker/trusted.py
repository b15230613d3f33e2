"""Whether a deployment may have what is secret: a fork's preview may not, whatever its deploy file says."""

from __future__ import annotations

from tidegate import preview
from tidegate.deployment import Deployment
from worker.parts import Parts


def trusted(parts: Parts, deployment: Deployment) -> bool:
    """A preview of which nothing is recorded is taken for a stranger's."""
    number = preview.number_of(deployment.environment)
    if number is None:
        return True
    record = parts.store.previews.get(deployment.repository_id, number)
    return record is not None and not record.fork
