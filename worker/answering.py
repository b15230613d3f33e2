"""A request that somebody waits for is carried out and answered once, however often its delivery comes."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus

from tidegate.request import Answer
from worker.parts import Parts

#: HTTP's number, and the body.
Told = tuple[HTTPStatus, dict[str, object]]


def once(parts: Parts, request_id: str, carry_out: Callable[[], Told]) -> None:
    """What `carry_out` raises comes out of it, and nothing is answered yet."""
    if parts.store.answers.get(request_id) is None:
        status, body = carry_out()
        parts.store.answers.put(Answer(request_id, status, body), parts.clock.now())
