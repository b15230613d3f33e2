"""The way in without a public address: GitHub's own list of deliveries is read, and what is new in it is stored as if
it had been sent to us. Whatever the list no longer tells, the sweep finds on GitHub itself."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import structlog

from tidegate.repository import Delivery
from worker.parts import Parts
from worker.ports import Refused, Sent, Unavailable

#: GitHub lists a delivery once it has tried it, for which it takes ten seconds at most; and clocks differ.
_OVERLAP = timedelta(minutes=1)
#: How far back the first look goes. What was before is not news.
_FIRST = timedelta(minutes=10)
#: GitHub keeps its list for as long.
_LISTED = timedelta(days=3)
#: Payloads fetched by one job, one call each. Its worker drains what it stored before it fetches more.
_AT_ONCE = 25

log = structlog.get_logger(__name__)


def poll(parts: Parts) -> None:
    """Stores what is new in GitHub's list, oldest first; the same delivery twice does it once."""
    try:
        fresh = _fresh(parts)
        arrived = _fetch(parts, fresh[:_AT_ONCE])
    except (Unavailable, Refused) as trouble:
        log.warning("GitHub's list of deliveries can't be read now", trouble=str(trouble))
        return
    if parts.store.deliveries.put(arrived):
        parts.bell.drain()
    if len(fresh) > _AT_ONCE and arrived:
        parts.bell.poll()


def _fresh(parts: Parts) -> Sequence[Sent]:
    listed = parts.github.deliveries(_since(parts))
    known = parts.store.deliveries.known([each.guid for each in listed])
    return [each for each in listed if each.guid not in known]


def _since(parts: Parts) -> datetime:
    """The newest that is stored tells how far the last look came, so nothing else needs to be kept."""
    now = parts.clock.now()
    newest = parts.store.deliveries.newest()
    return max(newest - _OVERLAP, now - _LISTED) if newest else now - _FIRST


def _fetch(parts: Parts, fresh: Sequence[Sent]) -> Sequence[Delivery]:
    """Up to the first that can't be had now: what comes after it must not be taken for the newest."""
    fetched: list[Delivery] = []
    for each in fresh:
        try:
            body = parts.github.payload(each.id)
        except Refused as refusal:
            log.warning("a delivery is listed but not kept", delivery=each.guid, reason=str(refusal))
            continue
        except Unavailable as trouble:
            log.warning("deliveries can't be fetched now", trouble=str(trouble))
            break
        fetched.append(Delivery(each.guid, each.event, body, received_at=each.at))
    return fetched
