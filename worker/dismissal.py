"""What people remove by hand: a service, whose containers, routes, names and values go and whose history stays; or a
deployment out of that history."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import structlog

from tidegate import disk, wording
from tidegate.deployment import Deployment
from tidegate.repository import Environment, Service, TimelineEntry
from worker import disks
from worker.disks import Held
from worker.parts import Parts
from worker.ports import Unavailable
from worker.stop import stop
from worker.switch import current_table

log = structlog.get_logger(__name__)


def dismiss(parts: Parts, service: Service, actor: str, *, with_disks: bool = False) -> str | None:
    """Out of the router now; the sweep finishes the rest. What comes of it, as a clause; None: nothing is left.
    `with_disks`: also those that it kept when it was removed before."""
    there = disks.held(parts, service)
    of_disks = _of_disks(there, service, going=with_disks)
    reason = wording.service_removed_by(actor)
    text = f"{reason}; {of_disks}" if there else reason
    entry = TimelineEntry(parts.clock.now(), "service-removed", text, actor, service.repository_id, service.name)
    places = {each.environment for each in there} if with_disks else None
    if not parts.store.dismissals.begin(service.id, reason, entry, places):
        return f"{wording.REMOVAL_UNDER_WAY}; {of_disks}" if places else None
    try:
        go_on(parts)
    except Unavailable as trouble:
        log.warning("left to the sweep", service=service.name, trouble=str(trouble))
    told = "; ".join([reason, wording.REMOVAL_BEGUN, *([of_disks] if there else [])])
    return told if service.unlisted else f"{told}; {wording.STILL_LISTED}"


def _of_disks(there: Sequence[Held], service: Service, *, going: bool) -> str:
    told = dict.fromkeys(each.told for each in there)
    if going:
        return disk.going(told, unseen=any(each.volume is None for each in there))
    return disk.kept(told, service.name)


def go_on(parts: Parts) -> None:
    """With every removal that is under way. Raises Unavailable where the router is down: the sweep comes again."""
    places = parts.store.dismissals.under_way()
    if not places:
        return
    stopped = [each for each in places if _stopped(parts, each)]
    parts.router.apply(lambda: current_table(parts))
    rid = [each for each in stopped if disks.gone(parts, each)]
    finish = parts.store.dismissals.finish
    forgotten = [each for each in rid if finish(each.service_id, each.name, disks_go=each.disks_go)]
    if forgotten:
        parts.router.apply(lambda: current_table(parts))  # their host names are unknown from now on
        parts.bell.clean()  # images and networks that nobody has any more


def _stopped(parts: Parts, place: Environment) -> bool:
    overlap = timedelta(seconds=parts.settings.timing.overlap)
    return stop(parts, place.service_id, place.name, place.removed or "", "tidegate", overlap)


def discard(parts: Parts, row: Deployment, actor: str) -> str | None:
    """What comes of it, as a clause; None: it has not ended. Its image goes with the clean-up, where nobody else has
    it."""
    if not parts.store.history.discard(row.id, actor, parts.clock.now()):
        return None
    parts.bell.clean()
    return wording.discarded_by(actor)
