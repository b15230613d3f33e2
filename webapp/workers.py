"""What only a worker can do, for somebody who waits for it: kept as a delivery, rung for, answered through the store.

So a request is lost as little as a webhook is: the worker carries it out even where nobody waits any more.
"""

from __future__ import annotations

import json
import threading
import time
import uuid
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from http import HTTPStatus

from flask import Response, jsonify

from tidegate.repository import Delivery
from tidegate.request import Answer
from tidegate.store import StoreDown
from webapp.problem import Problem

#: Seconds that somebody waits; what takes longer waits for GitHub, or for workers to be started.
PATIENCE = 10.0
#: How many may wait at once, since each holds a thread of the server; others are told at once that it goes on.
MOST_WAITING = 8
#: Seconds between two looks at the store: at first, and in the end.
_PAUSE, _LONGEST_PAUSE = 0.02, 0.25


class Workers:
    """`put` returns once a delivery is durable, and rings; `answered` is the store's; `stopping`: the server's end."""

    def __init__(
        self, put: Callable[[Delivery], None], answered: Callable[[str], Answer | None], stopping: Callable[[], bool]
    ) -> None:
        self.patience = PATIENCE
        self._put = put
        self._answered = answered
        self._stopping = stopping
        self._places = threading.BoundedSemaphore(MOST_WAITING)

    def ask(self, event: str, told: Mapping[str, object]) -> Answer:
        """`event` of tidegate/request.py, with the fields that payloads.py reads but for `request_id`. An answer of
        status 202 is none: it is still being looked at. Raises StoreDown where it could not be kept."""
        number = uuid.uuid4().hex
        body = json.dumps({**told, "request_id": number}).encode()
        self._put(Delivery(number, event, body, datetime.now(UTC)))
        pending = Answer(number, HTTPStatus.ACCEPTED, {"request": number, "detail": "It is still being looked at."})
        return self._wait(number) or pending

    def _wait(self, number: str) -> Answer | None:
        if not self._places.acquire(blocking=False):
            return None
        try:
            return self._look(number)
        finally:
            self._places.release()

    def _look(self, number: str) -> Answer | None:
        """Between two looks no connection to the store is held."""
        deadline, pause = time.monotonic() + self.patience, _PAUSE
        while time.monotonic() < deadline and not self._stopping():
            # Asked already, so what matters is done, store or no store.
            with suppress(StoreDown):
                answer = self._answered(number)
                if answer is not None:
                    return answer
            time.sleep(pause)
            pause = min(pause * 1.5, _LONGEST_PAUSE)
        return None


def response(answer: Answer, more: Mapping[str, object]) -> tuple[Response, HTTPStatus]:
    """For whoever asked, with `more` fields than the worker knew. Raises Problem where the answer is a refusal."""
    status, body = HTTPStatus(answer.status), {**answer.body, **more}
    if status >= HTTPStatus.BAD_REQUEST:
        raise Problem(status, str(body.pop("detail")), more=body)
    return jsonify(body), status
