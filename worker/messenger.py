"""Sends what people's addresses are to be told. One messenger at a time; what it is killed at is sent again, with the
same id, so a receiver can tell."""

from __future__ import annotations

import random
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import structlog

from tidegate import standardwebhooks
from tidegate.logline import carried
from tidegate.notice import Notice
from tidegate.notification import Channel, Endpoint
from tidegate.retry import Answer, outcome
from tidegate.store import CannotOpen
from tidegate.store.outgoing import Attempt, Message
from worker.held import held
from worker.parts import Parts

#: Addresses that are sent to at the same time: one that doesn't answer keeps few others waiting.
_AT_ONCE = 8
_BATCH = 50
#: What was sent is in the log for so long.
KEPT = timedelta(days=30)

log = structlog.get_logger(__name__)


def send(parts: Parts) -> None:
    """Each endpoint's messages in order, until one does not get through: then the endpoint rests."""
    with held(parts, "messenger") as mine:
        waiting = parts.store.outgoing.waiting(parts.clock.now()) if mine else []
        if len(waiting) <= 1:
            for endpoint_id in waiting:
                _empty(parts, endpoint_id)
            return
        with ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="messenger") as threads:
            for done in [threads.submit(carried(_empty), parts, endpoint_id) for endpoint_id in waiting]:
                done.result()


def _empty(parts: Parts, endpoint_id: str) -> None:
    for message in parts.store.outgoing.due(endpoint_id, _BATCH, parts.clock.now()):
        if not _send(parts, message):
            return


def _send(parts: Parts, message: Message) -> bool:
    """Whether the next may follow. The endpoint is read anew: somebody may have changed it meanwhile."""
    try:
        endpoint = parts.store.endpoints.get(message.endpoint_id)
    except CannotOpen as trouble:
        log.error("nothing can be sent", message=message.id, trouble=str(trouble))
        return False
    if endpoint is None or endpoint.disabled:
        return False
    at, began = parts.clock.now(), time.perf_counter()
    answer = _carry(parts, endpoint, message)
    attempt = Attempt(message.attempts + 1, at, round(time.perf_counter() - began, 3), answer.ok, answer.detail)
    told = log.bind(message=message.id, endpoint=endpoint.id, deployment_id=message.entry.deployment_id)
    told.info("a notification was sent" if answer.ok else "a notification waits", answer=answer.detail)
    jitter = random.random()  # noqa: S311 - spreads load, hides nothing
    parts.store.outgoing.record(endpoint, message, attempt, outcome(endpoint, attempt.number, answer, jitter, at))
    return answer.ok


def _carry(parts: Parts, endpoint: Endpoint, message: Message) -> Answer:
    entry = message.entry
    repository = parts.store.repositories.get(entry.repository_id)
    assert repository is not None, "an entry is of a repository that was seen"
    url = parts.settings.url + (f"/deployments/{entry.deployment_id}" if entry.deployment_id else "")
    notice = Notice(entry, repository.full_name, url)
    match endpoint.channel:
        case Channel.WEBHOOK:
            assert endpoint.secrets is not None
            body, now = notice.body(), parts.clock.now()
            headers = standardwebhooks.headers(message.id, body, endpoint.secrets.valid(now), now)
            return parts.courier.post(endpoint.address, headers, body)
        case Channel.SLACK:
            return parts.courier.post(endpoint.address, {}, notice.chat())
        case Channel.EMAIL:
            return parts.courier.mail(message.id, endpoint.address, *notice.mail())
