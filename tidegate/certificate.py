"""Which host names need a certificate from the authority, and which of them are asked for now."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from tidegate.repository import DEPLOY_FILE, PRODUCTION
from tidegate.routing import Route, claimed_hosts

#: In the place of a name: the authority itself, where it can't be spoken with.
AUTHORITY = ""

#: Let's Encrypt takes 300 orders of an account in three hours, and five failed ones of a name in one:
#: https://letsencrypt.org/docs/rate-limits/ . We stay well below both.
_ORDERS, _WITHIN = 60, timedelta(hours=1)
#: Orders that one pass makes, so that a name which comes meanwhile waits for few others.
_AT_ONCE = 5
_FIRST_PAUSE, _LONGEST_PAUSE = timedelta(minutes=5), timedelta(hours=6)
#: After the authority's own limits were met.
_LIMITED_PAUSE = timedelta(hours=1)

# What may be in a certificate (RFC 5280, 4.2.1.6); what has no dot, and this machine's own names, are nobody's.
_NAME = re.compile(r"(?=.{4,253}\Z)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])?\Z")
_OWN = ".localhost"

_NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Held:
    """How long a certificate that the authority gave is good for."""

    begins: datetime
    ends: datetime

    @property
    def renewal(self) -> datetime:
        """When a third of its life is left."""
        return self.ends - (self.ends - self.begins) / 3


@dataclass(frozen=True)
class Failure:
    """`count` in a row, the last `at` that time, and why it failed, in the authority's words. `limited`: by how often
    it may be asked."""

    count: int
    at: datetime
    why: str
    limited: bool = False

    @property
    def until(self) -> datetime:
        """Nothing is asked for before."""
        pause = min(_FIRST_PAUSE * (1 << min(self.count - 1, 10)), _LONGEST_PAUSE)
        return self.at + (max(pause, _LIMITED_PAUSE) if self.limited else pause)


@dataclass(frozen=True)
class Known:
    """`held` from the authority, and `failures`, by name; `files`: the names in certificates from files, which win,
    with wildcards, and `seen` by what those certificates are known; `orders`: when they were made."""

    held: Mapping[str, Held] = field(default_factory=dict)
    files: frozenset[str] = frozenset()
    seen: str = ""
    failures: Mapping[str, Failure] = field(default_factory=dict)
    orders: tuple[datetime, ...] = ()

    def covered(self, name: str) -> bool:
        return any(covers(each, name) for each in self.files)

    def asking(self, name: str, now: datetime, why: str) -> Known:
        """An order is about to be made. It counts as failed for `why` until it is known to have gone well, so that who
        is killed over it doesn't ask again and again."""
        recent = tuple(each for each in self.orders if now - each < _WITHIN)
        return replace(self.failed(name, now, why), orders=(*recent, now))

    def failed(self, name: str, now: datetime, why: str) -> Known:
        before = self.failures.get(name)
        count = before.count + 1 if before else 1
        return replace(self, failures={**self.failures, name: Failure(count, now, why)})

    def because(self, name: str, why: str, *, limited: bool) -> Known:
        """Of the failure that asking() has counted."""
        told = replace(self.failures[name], why=why, limited=limited)
        return replace(self, failures={**self.failures, name: told})

    def gained(self, name: str, held: Held) -> Known:
        """Whoever gives a certificate is there, too."""
        failures = {key: value for key, value in self.failures.items() if key not in {name, AUTHORITY}}
        return replace(self, held={**self.held, name: held}, failures=failures)


def covers(pattern: str, name: str) -> bool:
    """Whether a certificate's name is good for that host: a wildcard stands for one label (RFC 9525, 6.3)."""
    if pattern.startswith("*."):
        return name.partition(".")[2] == pattern[2:]
    return pattern == name


def can_have(name: str) -> bool:
    """Whether there is an authority that could give one for it."""
    return bool(_NAME.match(name)) and not name.endswith(_OWN)


def names(routes: Iterable[Route], domain: str, dashboard: str) -> tuple[str, ...]:
    """Of all that the router serves, those that are to have a certificate, the most important first: the dashboard,
    production, previews. Deployments' own host names are not among them: each commit would ask for one, and an
    authority gives so many a week."""
    told = [dashboard]
    for route in sorted(routes, key=lambda each: each.environment != PRODUCTION):
        if route.service != DEPLOY_FILE:
            told += claimed_hosts(route.service, route.environment, route.definition, domain)
    return tuple(dict.fromkeys(name for name in told if can_have(name)))


def due(wanted: Sequence[str], known: Known, now: datetime) -> list[str]:
    """Those to ask for now, in order: whoever was asked for longest ago comes first, so that names which can't have one
    keep nobody else waiting."""
    away = known.failures.get(AUTHORITY)
    if away is not None and now < away.until:
        return []
    waiting = [name for name in wanted if not known.covered(name) and _is_due(name, known, now)]
    left = _ORDERS - sum(now - each < _WITHIN for each in known.orders)
    waiting.sort(key=lambda name: known.failures[name].at if name in known.failures else _NEVER)
    return waiting[: max(0, min(left, _AT_ONCE))]


def _is_due(name: str, known: Known, now: datetime) -> bool:
    failure, held = known.failures.get(name), known.held.get(name)
    if failure is not None and now < failure.until:
        return False
    return held is None or now >= held.renewal
