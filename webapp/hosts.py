"""The Docker hosts as people see them, on the page and by the API, and what one takes from now on, in one place.

A host runs what is of every repository, so that whoever says what it takes must be admin in each: they could have done
to any of them what becomes of it. No right is made here that GitHub doesn't know.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from http import HTTPStatus

from tidegate.audit import About
from tidegate.gauge import HostSeen
from tidegate.hosts import Host
from tidegate.placement import Admission
from tidegate.store.hosts import Closed
from webapp.asking import from_our_pages, recorded
from webapp.parts import Parts, parts
from webapp.problem import Problem
from webapp.readings import hosts_seen
from webapp.viewer import Viewer

#: Instead of what its client said, in which its address stands, and often more than once.
_UNREACHABLE = "it doesn't answer"
_OPERATORS = "or do it as the operator: `tidegate hosts` on the workers' machine, or a token of its own for everything"


@dataclass(frozen=True)
class Known:
    """`closed`: it doesn't take everything. `seen`: None where it was not asked lately, or Redis is down."""

    host: Host
    closed: Closed | None
    running: int
    seen: HostSeen | None

    @property
    def admission(self) -> Admission:
        return self.closed.admission if self.closed else Admission.OPEN


def known(viewer: Viewer) -> list[Known]:
    """For whoever works in a repository here, or has the operator's token. Why one can't be reached is told with its
    address, so only to who may say what it takes."""
    return looking(viewer)()


def looking(viewer: Viewer) -> Callable[[], list[Known]]:
    """The same as often as one looks: what they may see is asked once, and no request is needed from then on."""
    made = parts()
    if viewer.may_hosts():
        return lambda: _known(made)
    if not viewer.given():
        return list
    return lambda: [replace(each, seen=_without_address(each.seen)) for each in _known(made)]


def one(viewer: Viewer, name: str) -> Known:
    """To whoever may say what it takes. Raises Problem."""
    if not viewer.may_hosts(anew=True):
        detail = f"Hosts run what is of every repository here: it takes *admin* in each of them; {_OPERATORS}."
        raise Problem(HTTPStatus.FORBIDDEN, detail)
    found = next((each for each in _known(parts()) if each.host.name == name), None)
    if found is None:
        there = ", ".join(each.name for each in parts().settings.hosts)
        raise Problem(HTTPStatus.NOT_FOUND, f"There is no such Docker host; TIDEGATE_HOSTS has {there}.")
    return found


def admit(viewer: Viewer, name: str, admission: Admission) -> Known:
    """As it is then; what is done is told without a further question to GitHub, which might not answer that. Raises
    Problem: it isn't theirs to do, or there is no such host."""
    from_our_pages()
    found = one(viewer, name)
    store = parts().store
    with recorded(viewer, "host", About(), f"{name} {admission}"):
        store.hosts.admit(name, admission, viewer.login, datetime.now(UTC))
    return replace(found, closed=store.hosts.closed().get(name))


def _known(made: Parts) -> list[Known]:
    listed = made.settings.hosts
    closed, running = made.store.hosts.closed(), made.store.instances.by_host()
    seen = hosts_seen(made.redis, [each.name for each in listed], datetime.now(UTC))
    return [Known(each, closed.get(each.name), running.get(each.name, 0), seen.get(each.name)) for each in listed]


def _without_address(seen: HostSeen | None) -> HostSeen | None:
    return replace(seen, trouble=_UNREACHABLE) if seen and seen.trouble else seen
