"""GitHub's list of the webhooks that it sent. It sends each once, and never again by itself: it must be asked to, or
the list is read instead, payloads and all, where none can be sent to us.

Source: docs.github.com, "Handling failed webhook deliveries". GitHub keeps the list for three days.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from worker.github.client import PAGE, Client
from worker.github.errors import Answered
from worker.ports import Sent

#: 5,000 attempts a sweep; what is older is looked at once these are delivered.
PAGES = 50
#: GitHub takes 80 writes a minute from us; the reports need some of them.
ASKED_AT_ONCE = 30
LONGEST_PAUSE = timedelta(hours=1)
_CURSOR = re.compile(r'[?&]cursor=([^&>]+)[^>]*>;\s*rel="next"')


@dataclass(frozen=True)
class Attempt:
    """One try to deliver `guid`, which tells of an `event`. `status` is the answer's code; 0 where there was none."""

    id: int
    guid: str
    at: datetime
    status: int
    event: str = ""


def missed(attempts: Iterable[Attempt], now: datetime) -> Sequence[Attempt]:
    """The newest attempt of each delivery that was never answered 2xx and that is due for one more, oldest first.

    A first failure is due at once; from the second on the pause doubles, so that what we can't take (a bug of ours) is
    not asked for at every sweep.
    """
    tries: dict[str, list[Attempt]] = {}
    for attempt in attempts:
        tries.setdefault(attempt.guid, []).append(attempt)
    due = []
    for group in tries.values():
        newest = max(group, key=lambda attempt: (attempt.at, attempt.id))
        answered = any(200 <= attempt.status < 300 for attempt in group)
        if not answered and now - newest.at >= pause(len(group)):
            due.append(newest)
    return sorted(due, key=lambda attempt: (attempt.at, attempt.id))


def pause(failures: int) -> timedelta:
    """How long to wait after so many failures of one delivery."""
    if failures <= 1:
        return timedelta()
    return min(timedelta(minutes=2 ** min(failures - 2, 10)), LONGEST_PAUSE)


def redeliver(client: Client, since: datetime) -> Sequence[str]:
    """Asks for each missed delivery once more; the GUIDs of those that were asked for."""
    asked = []
    for attempt in missed(_attempts(client, since), client.clock.now())[:ASKED_AT_ONCE]:
        try:
            _redeliver(client, attempt)
        except Answered:
            continue  # no longer kept by GitHub; the sweep of branch heads finds what it would have said
        asked.append(attempt.guid)
    return asked


def sent(client: Client, since: datetime) -> Sequence[Sent]:
    """The first attempt of each delivery since then, oldest first, however it went."""
    oldest_first = sorted(_attempts(client, since), key=lambda attempt: (attempt.at, attempt.id))
    first: dict[str, Sent] = {}
    for attempt in oldest_first:
        first.setdefault(attempt.guid, Sent(attempt.id, attempt.guid, attempt.event, attempt.at))
    return list(first.values())


def payload(client: Client, delivery: int) -> bytes:
    """What was sent, as JSON. Its signature is left out: the answer comes from GitHub itself, to the App's own key."""
    found, _ = client.ask_as_app(lambda rest, headers: rest.apps.get_webhook_delivery(delivery, headers=headers))
    return json.dumps(found["request"]["payload"], separators=(",", ":"), ensure_ascii=False).encode()


def _attempts(client: Client, since: datetime) -> Iterable[Attempt]:
    cursor: dict[str, Any] = {}
    for _ in range(PAGES):
        page, headers = _page(client, cursor)
        for item in page:
            attempt = _attempt(item)
            if attempt.at < since:
                return
            yield attempt
        following = _CURSOR.search(headers.get("link", ""))
        if following is None:
            return
        cursor = {"cursor": following.group(1)}


def _page(client: Client, cursor: Mapping[str, Any]) -> tuple[Sequence[Mapping[str, Any]], Mapping[str, str]]:
    return client.ask_as_app(
        lambda rest, headers: rest.apps.list_webhook_deliveries(per_page=PAGE, headers=headers, **cursor)
    )


def _redeliver(client: Client, attempt: Attempt) -> None:
    client.ask_as_app(
        lambda rest, headers: rest.apps.redeliver_webhook_delivery(attempt.id, headers=headers), write=True
    )


def _attempt(item: Mapping[str, Any]) -> Attempt:
    at = datetime.fromisoformat(item["delivered_at"])
    return Attempt(item["id"], item["guid"], at, item["status_code"], item["event"])
