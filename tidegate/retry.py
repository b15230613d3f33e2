"""When a message that did not get through is sent again, and when its address is given up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from tidegate.notification import Endpoint

#: Between two attempts: the schedule that Standard Webhooks has for an example.
PAUSES = (
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=14),
    timedelta(hours=20),
    timedelta(hours=24),
)
#: Pauses are longer by up to this part of them, so that what failed together doesn't come together again.
_JITTER = 0.1
#: An address that nothing has reached for so long is given up.
GIVEN_UP_AFTER = timedelta(days=3)
#: What a failing address is left alone for, whatever is to be sent there: as long as it has been failing, within these.
_REST, _LONGEST_REST = timedelta(seconds=5), timedelta(minutes=5)
#: The longest that a receiver's `Retry-After` is obeyed.
_LONGEST_ASKED = timedelta(hours=24)


@dataclass(frozen=True)
class Answer:
    """What became of one attempt. `detail` says what was seen, without the address ("503 Service Unavailable").

    `gone`: it wants no more, ever. `retry_after`: seconds that it asks for.
    """

    ok: bool
    detail: str
    gone: bool = False
    retry_after: float | None = None


@dataclass(frozen=True)
class Outcome:
    """Of one attempt. `due_at` None: it is over with the message. `rests_until`, `failing_since` and `disabled` are
    the endpoint's from now on."""

    ok: bool
    due_at: datetime | None = None
    failing_since: datetime | None = None
    rests_until: datetime | None = None
    disabled: str | None = None


def outcome(endpoint: Endpoint, attempts: int, answer: Answer, jitter: float, at: datetime) -> Outcome:
    """`attempts`: how many there were, this one included. `jitter`: from 0 to 1."""
    if answer.ok:
        return Outcome(ok=True)
    since = endpoint.failing_since or at
    if answer.gone:
        return Outcome(ok=False, failing_since=since, disabled=f"it wants no more: {answer.detail}")
    if at - since >= GIVEN_UP_AFTER:
        why = f"nothing has reached it since {since:%Y-%m-%d %H:%M} UTC: {answer.detail}"
        return Outcome(ok=False, failing_since=since, disabled=why)
    asked = timedelta(seconds=min(answer.retry_after or 0, _LONGEST_ASKED.total_seconds()))
    rest = max(asked, min(max(at - since, _REST), _LONGEST_REST))
    due = None
    if attempts <= len(PAUSES):
        due = at + max(asked, PAUSES[attempts - 1] * (1 + _JITTER * jitter))
    return Outcome(ok=False, due_at=due, failing_since=since, rests_until=at + rest)
