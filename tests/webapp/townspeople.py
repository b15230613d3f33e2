"""Who asked for what in the town, and who is told of it: addresses that are well, failing and given up."""

from __future__ import annotations

from datetime import datetime, timedelta

from tests.tidegate.store.given import REPOSITORY
from tidegate.audit import About, Asked, Via
from tidegate.destination import Reach
from tidegate.notification import Channel, Endpoint, Wants
from tidegate.permission import Action
from tidegate.repository import PRODUCTION
from tidegate.retry import Outcome
from tidegate.store import Store
from tidegate.store.outgoing import Attempt
from tidegate.subscription import endpoint

_WEBHOOK = "https://hooks.deployments.example.com/tidegate?key=hush"


def people(store: Store, live: str, now: datetime) -> str:
    """The id of a webhook to which something has arrived, something hasn't, and something is under way."""
    _ask(store, live, now)
    chosen = _address(store, Channel.WEBHOOK, _WEBHOOK, now - timedelta(days=9), b"a")
    slack = _address(store, Channel.SLACK, "https://hooks.slack.example.com/services/hush", now, b"b")
    mail = _address(store, Channel.EMAIL, "the-whole-team-of-the-shop@example.com", now, b"c")
    _send(store, chosen, now - timedelta(minutes=9), Outcome(ok=True), "answered 204")
    _send(store, chosen, now - timedelta(minutes=5), Outcome(ok=False), "answered 500: `worker pool is exhausted`")
    store.outgoing.test(chosen, "ada wants to see this arrive", "ada", now)
    again = now + timedelta(minutes=5)
    failing = Outcome(ok=False, due_at=again, failing_since=now - timedelta(hours=3), rests_until=again)
    _send(store, slack, now - timedelta(minutes=2), failing, "no answer within 15 s")
    gone = Outcome(ok=False, disabled="nothing has reached it for three days")
    _send(store, mail, now - timedelta(minutes=1), gone, "the mail server refused it: 550 no such mailbox")
    store.endpoints.choose(REPOSITORY.repository_id, "report", Wants.FAILURES)
    return chosen.id


def _ask(store: Store, live: str, now: datetime) -> None:
    here = REPOSITORY.repository_id
    whole, web = About(here), About(here, "web", PRODUCTION)
    for minutes, actor, via, action, detail, about, token in (
        (4000, "grace", Via.PAGE, Action.NOTIFICATIONS, "`hooks.deployments.example.com` is told of all", whole, None),
        (900, "ada", Via.COMMENT, Action.ROLLBACK, "", web, None),
        (300, "the operator", Via.COMMAND, Action.FREEZE, "frozen: the release is on Friday", whole, None),
        (90, "ada", Via.TOKEN, Action.VARIABLES, "GREETING was set", web, "ci (3)"),
        (3, "grace", Via.API, Action.CANCEL, "", About(here, "web", PRODUCTION, live), None),
    ):
        store.audit.add(Asked(now - timedelta(minutes=minutes), actor, via, action, detail, about, token))


def _address(store: Store, channel: Channel, address: str, at: datetime, random: bytes) -> Endpoint:
    new = endpoint(
        REPOSITORY.repository_id,
        channel,
        address,
        Wants.ALL,
        "grace",
        at,
        random=random * 48,
        mails=True,
        reach=Reach(),
    )
    store.endpoints.add(new)
    return new


def _send(store: Store, to: Endpoint, at: datetime, outcome: Outcome, answered: str) -> None:
    store.outgoing.test(to, "ada wants to see this arrive", "ada", at)
    (message,) = store.outgoing.due(to.id, 9, at)
    store.outgoing.record(to, message, Attempt(1, at, 0.31, outcome.ok, answered), outcome)
