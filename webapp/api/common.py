"""What many endpoints take and give: an environment, a part of a list, the answer of a worker."""

from __future__ import annotations

from tidegate.deployment import Fault, Health, Status, Trigger
from tidegate.repository import PRODUCTION
from webapp.api.declared import Line, Whole
from webapp.api.shapes import (
    MAYBE_MOMENT,
    MAYBE_TEXT,
    MOMENT,
    TEXT,
    WHOLE,
    Schema,
    maybe,
    named,
    one_of,
    record,
    some,
)

ENVIRONMENT = Line("environment", f"`{PRODUCTION}`, or `pr-7` for pull request 7")
#: At most so many of a list at once.
LIMIT = Whole("limit", "how many at most", 1, 100, 30)
#: Goes on after a part of a list that is in the order of numbers.
BEFORE = Whole("before", "the `next` of the part before", 1, 2**31)
#: Goes on with a log.
AFTER_LINE = Whole("after", "the number of the last line that you have", 0, 999_999_999, 0)
#: Goes on after a part of a list that is in the order of names.
AFTER = Whole("after", "the `next` of the part before", 0, 2**31)

#: What a worker answers, and what is answered where none has yet.
LATER: Schema = named("Later", some(request=TEXT, detail=TEXT, url=TEXT))
DONE: Schema = named("Done", some(detail=TEXT, url=TEXT))
ORDERED: Schema = named("Ordered", record(deployment=TEXT, sha=TEXT, url=TEXT, detail=TEXT))

_DEPLOYMENT: dict[str, Schema] = {
    "id": TEXT,
    "service_id": WHOLE,
    "service": TEXT,
    "environment": TEXT,
    "sha": TEXT,
    "branch": TEXT,
    "message": TEXT,
    "author": TEXT,
    "trigger": one_of(Trigger),
    "actor": TEXT,
    "status": one_of(Status),
    "reason": TEXT,
    "fault": maybe(one_of(Fault)),
    "image": MAYBE_TEXT,
    "image_id": MAYBE_TEXT,
    "health": maybe(one_of(Health)),
    "health_reason": MAYBE_TEXT,
    "discarded": MAYBE_TEXT,
    "created_at": MOMENT,
    "started_at": MAYBE_MOMENT,
    "live_at": MAYBE_MOMENT,
    "ended_at": MAYBE_MOMENT,
}
DEPLOYMENT: Schema = named("Deployment", record(**_DEPLOYMENT))
_STEP: Schema = named(
    "Step",
    record(step=TEXT, started_at=MOMENT, ended_at=MAYBE_MOMENT, outcome=MAYBE_TEXT, detail=TEXT),
)
INSTANCE_FIELDS: dict[str, Schema] = {
    "index": WHOLE,
    "host": TEXT,
    "state": TEXT,
    "reason": TEXT,
    "restarts": WHOLE,
    "started_at": MAYBE_MOMENT,
}
INSTANCE: Schema = named("Instance", record(**INSTANCE_FIELDS))
WHOLE_DEPLOYMENT: Schema = named(
    "WholeDeployment",
    record(
        **_DEPLOYMENT,
        repository=TEXT,
        steps={"type": "array", "items": _STEP},
        instances={"type": "array", "items": INSTANCE},
    ),
)
FROZEN: Schema = named(
    "Freeze",
    record(service=MAYBE_TEXT, environment=MAYBE_TEXT, reason=TEXT, author=TEXT, since=MOMENT, detail=TEXT),
)
