"""Stored deliveries → events → what is done about them. One drain serves a whole burst."""

from __future__ import annotations

import json

import structlog

from tidegate import logline, payloads
from tidegate.events import ChecksChanged, Event
from tidegate.repository import Delivery
from worker import intake
from worker.parts import Parts
from worker.ports import Refused, Unavailable

_BATCH = 50
#: A drain that was killed gives its deliveries back after this many seconds.
_CLAIM = 20.0

log = structlog.get_logger(__name__)


def drain(parts: Parts) -> int:
    """Handles what is pending, oldest first, until nothing is; returns how many. A delivery is marked as handled only
    after what it asks for is a row, so a kill in the middle loses none."""
    done = 0
    while batch := parts.store.deliveries.claim(_BATCH, parts.owner, _CLAIM, parts.clock.now()):
        looked_at: set[Event] = set()
        for delivery in batch:
            with logline.bound(delivery=delivery.guid, event_type=delivery.event):
                _handle(parts, delivery, looked_at)
        done += len(batch)
    return done


def _handle(parts: Parts, delivery: Delivery, looked_at: set[Event]) -> None:
    """`looked_at`: one look at a commit's checks serves all check events of the batch, since each look is at now."""
    try:
        payload = json.loads(delivery.body)
        for event in payloads.parse(delivery.event, payload, own_app_id=parts.settings.github.app_id):
            if isinstance(event, ChecksChanged):
                if event in looked_at:
                    continue
                looked_at.add(event)
            intake.handle(parts, event)
    except Unavailable as trouble:
        _postpone(parts, delivery, str(trouble))
    except Refused as refusal:
        log.warning("a delivery was refused", reason=str(refusal))
        parts.store.deliveries.handled([delivery.guid], parts.clock.now())
    except Exception as error:
        log.exception("a delivery broke")
        _postpone(parts, delivery, repr(error))
    else:
        parts.store.deliveries.handled([delivery.guid], parts.clock.now())


def _postpone(parts: Parts, delivery: Delivery, why: str) -> None:
    """Tried again later by the sweep; after the last try it is kept as failed, until GitHub sends it again."""
    if parts.store.deliveries.failed(delivery.guid, why, parts.clock.now()):
        log.error("a delivery was given up", reason=why)
