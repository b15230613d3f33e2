"""Who watches something go on: given a place among those that there are, counted, and sent what stream.py tells."""

from __future__ import annotations

from http import HTTPStatus

from flask import Response, request

from webapp.livelog import LiveLog
from webapp.parts import parts
from webapp.problem import Problem
from webapp.stream import Look, events

_MOST_DIGITS = 9


def watched(look: Look, log: LiveLog | None = None) -> Response:
    """Raises Problem where too many watch."""
    made = parts()
    leave = made.places.take()
    made.metrics.streams.inc()
    # X-Accel-Buffering: nginx would hold lines back.
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    answer = Response(events(log, look, made.places.stopping), content_type="text/event-stream", headers=headers)
    # Called even where the watcher left before the first line, when a generator's own `finally` would not run.
    answer.call_on_close(leave)
    answer.call_on_close(made.metrics.streams.dec)
    return answer


def live_log(deployment_id: str) -> LiveLog:
    """From the line after the one that the request says it has: a browser that comes back says so in a header. Raises
    Problem."""
    last = request.headers.get("Last-Event-ID") or request.args.get("after", "0")
    if not (last.isascii() and last.isdigit() and len(last) <= _MOST_DIGITS):
        raise Problem(HTTPStatus.BAD_REQUEST, "`after` is the number of the last line that you have.")
    return LiveLog(parts().store, parts().redis, deployment_id, int(last))
