"""A deployment's log: what is kept of it, or as it grows, with each line once however often the connection is cut."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from cli.remote import patience
from cli.remote.patience import PAUSES
from cli.trouble import Unreachable

if TYPE_CHECKING:
    from cli.remote.api import Api

#: {n, step, at, text}, as the API has it.
Line = dict[str, Any]


def kept(api: Api, deployment: str) -> Iterator[Line]:
    """`deployment`: its path. Raises Trouble."""
    with api.lines(f"{deployment}/logs", {}, "application/x-ndjson") as lines:
        for line in lines:
            yield json.loads(line)


def follow(api: Api, stream: str) -> Iterator[Line]:
    """Until the deployment has ended. The server sends each reader away after some minutes; one that comes back goes
    on after its last line. Raises Trouble: Unreachable once nothing has come however often it was asked."""
    after, failed = 0, 0
    while True:
        try:
            with api.lines(stream, {"after": after}, "text/event-stream") as lines:
                for name, data in events(lines):
                    failed = 0
                    if name == "end":
                        return
                    if name == "line":
                        told: list[Line] = json.loads(data)
                        yield from told
                        after = told[-1]["n"]
        except Unreachable:
            if failed == len(PAUSES):
                raise
        patience.pause(PAUSES[min(failed, len(PAUSES) - 1)])
        failed += 1


def events(lines: Iterable[str]) -> Iterator[tuple[str, str]]:
    """(name, data) of each server-sent event that is whole.

    https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation
    """
    name, data = "message", list[str]()
    for line in lines:
        field, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if field == "event":
            name = value
        elif field == "data":
            data.append(value)
        elif not line:
            if data:
                yield name, "\n".join(data)
            name, data = "message", []
