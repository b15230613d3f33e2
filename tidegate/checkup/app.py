"""What GitHub has of us: the App's permissions and events, its installations, and how its webhooks arrive."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import SplitResult, urlsplit

from tidegate.checkup.line import Line, amiss, count, fine

_LEVELS = ("none", "read", "write", "admin")


@dataclass(frozen=True)
class Attempt:
    """To deliver a webhook. `code`: the answer's, 0 where there was none; `status`: in GitHub's words."""

    event: str
    at: datetime
    code: int
    status: str


@dataclass(frozen=True)
class Installed:
    """`page`: where its owner accepts what the App asks for anew. `permissions`: what they accepted."""

    account: str
    page: str
    permissions: Mapping[str, str]
    suspended: bool = False


@dataclass(frozen=True)
class AppFacts:
    """`settings_page`: where its owner changes it. `hook_url`: where GitHub sends its webhooks. `attempts`: the newest
    first."""

    name: str
    page: str
    settings_page: str
    permissions: Mapping[str, str]
    events: frozenset[str]
    hook_url: str
    attempts: Sequence[Attempt]
    installed: Sequence[Installed]


def app_lines(app: AppFacts, wanted: Mapping[str, str], events: frozenset[str]) -> Iterator[Line]:
    """`wanted` and `events`: of app-manifest.yml."""
    lacking = _lacking(app.permissions, wanted)
    page = f"{app.settings_page}/permissions"
    if lacking:
        yield amiss("permissions", f"{app.name} lacks {lacking}", f"give it those at {page}, and accept them")
    else:
        yield fine("permissions", f"{app.name} has all {len(wanted)}")
    unheard = ", ".join(sorted(events - app.events))
    if unheard:
        yield amiss("events", f"{app.name} isn't told of {unheard}", f"subscribe it to those at {page}")
    else:
        yield fine("events", f"{app.name} is told of all {len(events)}")
    yield from _installation_lines(app, wanted)


def _installation_lines(app: AppFacts, wanted: Mapping[str, str]) -> Iterator[Line]:
    if not app.installed:
        yield amiss("installations", f"{app.name} is installed nowhere", f"install it: {app.page}/installations/new")
        return
    for each in app.installed:
        # What the App doesn't ask for can't be accepted: that is told above, once.
        lacking = _lacking(each.permissions, {name: wanted[name] for name in wanted if name in app.permissions})
        if each.suspended:
            yield amiss("installations", f"that of {each.account} is suspended", f"take it up again at {each.page}")
        elif lacking:
            said = f"{each.account} has not accepted {lacking}"
            yield amiss("installations", said, f"an owner of {each.account} accepts it at {each.page}")
    well = [each.account for each in app.installed if not each.suspended]
    if well:
        yield fine("installations", f"on {', '.join(sorted(well))}")


def _lacking(given: Mapping[str, str], wanted: Mapping[str, str]) -> str:
    def level(name: str) -> int:
        told = given.get(name, "none")
        return _LEVELS.index(told) if told in _LEVELS else 0

    return ", ".join(f"{name}: {need}" for name, need in sorted(wanted.items()) if level(name) < _LEVELS.index(need))


def webhook_line(app: AppFacts, expected: str, *, polled: bool) -> Line:
    """`expected`: our address for webhooks. `polled`: they are read from GitHub's list, however they arrived."""
    if polled:
        return fine("webhooks", f"read from GitHub's list ({count(len(app.attempts), 'attempt')} lately)")
    if not _same(app.hook_url, expected):
        said = f"GitHub sends them to {app.hook_url or 'nowhere'}"
        return amiss("webhooks", said, f"set the webhook URL to {expected} at {app.settings_page}")
    if not app.attempts:
        return fine("webhooks", f"none was sent to {expected} yet", "push to a repository, and look again")
    newest = app.attempts[0]
    what = f"the newest ({newest.event} at {newest.at:%Y-%m-%d %H:%M} UTC)"
    if 200 <= newest.code < 300:
        return fine("webhooks", f"{what} was answered {newest.code}")
    answer = f"answered {newest.code}" if newest.code else f"not delivered ({newest.status})"
    return amiss("webhooks", f"{what} was {answer}", _remedy(newest.code, expected))


def _same(sent: str, expected: str) -> bool:
    """Whether both lead to one place: `localhost` is an address of this machine's own by another name
    (https://www.rfc-editor.org/rfc/rfc6761#section-6.3), which 127.0.0.1 and ::1 are not for each other."""
    given, ours = urlsplit(sent), urlsplit(expected)
    hosts = {given.hostname, ours.hostname}
    alike = len(hosts) == 1 or ("localhost" in hosts and hosts < {"localhost", "127.0.0.1", "::1"})
    return alike and _beside_host(given) == _beside_host(ours)


def _beside_host(url: SplitResult) -> tuple[object, ...]:
    return url.scheme, url.port, url.path, url.query


def _remedy(code: int, expected: str) -> str:
    match code:
        case 401:
            return "GitHub and GITHUB_WEBHOOK_SECRET don't have the same secret: set both anew"
        case 503:
            return "the store was down, or the server wasn't set up yet: both are told here; GitHub is asked again"
        case 0:
            return (
                f"GitHub must reach {expected} from the internet: look at DNS, firewall and certificate; or go "
                "without, with TIDEGATE_WEBHOOKS=poll"
            )
        case _:
            return f"something else answers at {expected}: look at what stands in front of this server"
