"""What goes on, as server-sent events: a page's part when it changes, and a deployment's log line by line.

Each watcher occupies a thread of the server, so their number is bounded (places.py), and each is sent away after some
minutes: the browser comes back by itself and goes on after the last line it has (Last-Event-ID).
https://html.spec.whatwg.org/multipage/server-sent-events.html
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator

from tidegate.markdown import plain
from tidegate.store import LogLine, StoreDown
from webapp.livelog import LiveLog

#: Seconds after which a watcher is sent away, and in which it comes back.
LIFETIME = 240.0
RETRY = 1.0
#: Seconds of silence after which something is sent, so that proxies keep the connection and we notice a closed one.
HEARTBEAT = 15.0
#: Seconds between two looks where there is no log to wait for.
PAUSE = 2.0

#: What is shown: (a key that changes with it, its HTML or its JSON, whether it has ended); None: it is gone.
Look = Callable[[], "tuple[object, object, bool] | None"]


def events(
    log: LiveLog | None, look: Look, stopping: Callable[[], bool], now: Callable[[], float] = time.monotonic
) -> Iterator[str]:
    """Events `line` (data: a list of lines; id: the last one's number), `status` (data: what is shown), and `end`,
    after which there is nothing to come back for. Without a log only `status`, whenever something has changed."""
    yield f"retry: {RETRY * 1000:.0f}\n\n"
    began = spoke = now()
    shown: object = None
    while now() - began < LIFETIME and not stopping():
        try:
            seen, lines = look(), log.news() if log else _nothing()
        except StoreDown:
            return  # the browser comes back
        if seen is None:
            break
        key, what, ended = seen
        if key != shown:
            shown, spoke = key, now()
            yield _event("status", what)
        if lines:
            spoke = now()
            yield _event("line", [_told(line) for line in lines], lines[-1].n)
        elif ended:
            break
        elif now() - spoke > HEARTBEAT:
            spoke = now()
            yield ": still here\n\n"
    else:
        return
    yield _event("end", "")


def _nothing() -> list[LogLine]:
    time.sleep(PAUSE)
    return []


def _told(line: LogLine) -> dict[str, object]:
    return {"n": line.n, "step": line.step, "at": line.at.isoformat(), "text": plain(line.text)}


def _event(name: str, data: object, number: int | None = None) -> str:
    identity = "" if number is None else f"id: {number}\n"
    return f"event: {name}\n{identity}data: {json.dumps(data)}\n\n"
