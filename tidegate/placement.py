"""On which Docker host an instance runs: a decision on what is known of the hosts, with a reason for each that is out.

Services whose names others look for share a host, since a private network doesn't reach from one host to another.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum


class Admission(StrEnum):
    """CORDONED: nothing new; what runs there stays. DRAINED: that leaves, too, once it is elsewhere."""

    OPEN = "open"
    CORDONED = "cordoned"
    DRAINED = "drained"


#: What comes of it, as clauses.
FROM_NOW_ON = {
    Admission.OPEN: "new instances may be placed there",
    Admission.CORDONED: "what runs there stays, and nothing new is placed there",
    Admission.DRAINED: "what runs there is started elsewhere, then leaves; the list of hosts tells how many are left",
}


@dataclass(frozen=True)
class Candidate:
    """A Docker host. `trouble`: why it can't be reached, with its address, so that no reason has it; "" where it
    answers. `instances` run there, of them `siblings` of the deployment that is to be placed."""

    name: str
    region: str
    admission: Admission = Admission.OPEN
    trouble: str = ""
    instances: int = 0
    siblings: int = 0


@dataclass(frozen=True)
class Placement:
    """`host` None: nowhere, for `reason`. `hopeless`: waiting changes nothing about that, the deploy file must."""

    host: str | None
    reason: str
    hopeless: bool = False


@dataclass(frozen=True)
class Wish:
    """`regions`: those that the service names; none: any. `together`: all instances share a host; `home` is the one
    where others of the environment are already, if there is one that isn't drained."""

    regions: tuple[str, ...] = ()
    together: bool = False
    home: str | None = None
    #: What keeps it at home is its disk.
    disk: bool = False


def place(hosts: Sequence[Candidate], wish: Wish) -> Placement:
    """For one more instance. A cordon doesn't keep an environment from its home: half of it elsewhere is of no use."""
    if wish.home is not None:
        return _at_home(next(each for each in hosts if each.name == wish.home), wish)
    there = [each for each in hosts if not wish.regions or each.region in wish.regions]
    if not there:
        known = ", ".join(f"`{region}`" for region in sorted({each.region for each in hosts}))
        return Placement(None, f"no Docker host is in {_named(wish)}; there are hosts in {known}", hopeless=True)
    usable = [each for each in there if each.admission is Admission.OPEN and not each.trouble]
    out = "; ".join(why for each in there if (why := _why_not(each)))
    if not usable:
        where = f" of {_named(wish)}" if wish.regions else ""
        return Placement(None, f"no Docker host{where} can take it: {out}")
    in_region = {each.region: sum(one.siblings for one in hosts if one.region == each.region) for each in usable}
    best = min(usable, key=lambda each: (in_region[each.region], each.siblings, each.instances))
    return Placement(best.name, "it has the fewest instances" + (f" ({out})" if out else ""))


def spread(hosts: Sequence[Candidate], wish: Wish, count: int, there: Mapping[int, str]) -> list[Placement]:
    """Where each of `count` instances runs, by index. `there`: where some are already; they stay while that host
    answers and isn't drained."""
    found: list[Placement] = []
    by_name = {each.name: each for each in hosts}
    for index in range(count):
        before = by_name.get(there.get(index, ""))
        if before is not None and not before.trouble and before.admission is not Admission.DRAINED:
            placed = Placement(before.name, "it is there already")
        else:
            placed = place(list(by_name.values()), wish)
            if placed.host is not None:
                new = by_name[placed.host]
                by_name[new.name] = replace(new, instances=new.instances + 1, siblings=new.siblings + 1)
        found.append(placed)
        if wish.together and wish.home is None:
            wish = replace(wish, home=placed.host)
    return found


def builder(hosts: Sequence[Candidate]) -> str | None:
    """The first that answers, in the settings' order, so that its cache is of use; one that takes nothing new builds
    only where no other can. None: none answers."""
    answering = [each for each in hosts if not each.trouble]
    return next((each.name for each in sorted(answering, key=lambda each: each.admission is not Admission.OPEN)), None)


def _at_home(home: Candidate, wish: Wish) -> Placement:
    by_name = f"services that find each other by name share a Docker host, and theirs is {home.name}"
    shared = f"its disk is on {home.name}" if wish.disk else by_name
    if wish.regions and home.region not in wish.regions:
        reason = f"{shared} in region `{home.region}`, not in {_named(wish)}; "
        reason += "name that one, or another disk" if wish.disk else "name the same regions for all of them"
        return Placement(None, reason, hopeless=True)
    return Placement(None, f"{shared}, which can't be reached") if home.trouble else Placement(home.name, shared)


def _why_not(host: Candidate) -> str:
    if host.admission is not Admission.OPEN:
        return f"{host.name} is {host.admission}"
    return f"{host.name} can't be reached" if host.trouble else ""


def _named(wish: Wish) -> str:
    names = ", ".join(f"`{each}`" for each in wish.regions)
    return f"region {names}" if len(wish.regions) == 1 else f"regions {names}"
