"""After the switch an address may be told, which empties caches in front. Its failure is told, and fails nothing."""

from __future__ import annotations

from tidegate import wording
from tidegate.deployment import Lane, LaneLost, Status, Step
from tidegate.store.timeline import entry_of
from worker.parts import Parts

#: On the timeline.
FAILED = "purge-failed"


def purge(parts: Parts, lane: Lane) -> None:
    """Once: a worker that is killed meanwhile leaves it undone. What has no public address has no caches."""
    row = parts.store.deployments.get(lane.deployment_id)
    address = parts.settings.purge_url
    if address is None or row is None or row.status is not Status.LIVE:
        return
    url = parts.settings.public_url(row.service, row.environment, row.definition)
    repository = parts.store.repositories.get(row.repository_id)
    if url is None or repository is None:
        return
    phases, clock = parts.store.phases, parts.clock
    told = {"repository": repository.full_name, "service": row.service, "environment": row.environment}
    try:
        phases.begin(lane, Step.PURGE, clock.now())
        answer = parts.caller.post(address, {**told, "sha": row.sha, "url": url}, parts.settings.timing.purge)
        phases.end(lane, Step.PURGE, "ok" if answer.ok else "failed", clock.now(), answer.detail)
    except LaneLost:
        return  # a restart of it is under way
    if not answer.ok:
        text = wording.purge_failed(answer.detail)
        parts.store.timeline.add(entry_of(row, clock.now(), FAILED, text, "tidegate"))
