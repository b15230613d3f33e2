"""What the server stands on: Docker hosts, the router, the store, Redis, workers, disk and clock."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from tidegate.checkup.line import Line, amiss, count, fine

_GIGABYTE = 10**9
#: Seconds by which clocks may differ: tokens for GitHub are made to be good a minute before.
_SKEW = 30.0
#: The oldest that the tests run on.
_ENGINE, _HAPROXY, _REDIS = (20, 10), (2, 6), (5, 0)


@dataclass(frozen=True)
class HostFacts:
    """A Docker host that answers. `cgroup`: its version, as the engine tells it; `free`: bytes, None where it can't be
    seen."""

    version: str
    cgroup: str
    free: int | None
    buildkit: bool


def host_line(name: str, facts: HostFacts | None, trouble: str, least_free: int) -> Line:
    """`facts` None: it doesn't answer, by `trouble`."""
    subject = f"Docker host {name}"
    if facts is None:
        todo = "start it, or take it out of TIDEGATE_HOSTS; who runs Tidegate must be root, or in the group `docker`"
        return amiss(subject, trouble or "no answer", todo)
    said = f"Engine {facts.version}, cgroup v{facts.cgroup}"
    if _older(facts.version, _ENGINE):
        return amiss(subject, said, "upgrade it to Engine 20.10 or newer")
    if facts.free is not None:
        said += f", {facts.free / _GIGABYTE:.1f} GB free"
        if facts.free < least_free:
            return amiss(subject, said, "make room: `tidegate clean --urgent`, then `docker system df`")
    if not facts.buildkit:
        return fine(
            subject,
            f"{said}, no BuildKit",
            "builds take longer, and can mount no secret: apt-get install docker-buildx",
        )
    return fine(subject, f"{said}, BuildKit")


def router_line(version: str | None, routes: int | None, trouble: str) -> Line:
    """`version` None: there is no `haproxy`; `routes` None: it doesn't answer at its socket."""
    subject = "router"
    if version is None:
        return amiss(subject, "haproxy is not on PATH", "apt-get install haproxy")
    if _older(version, _HAPROXY):
        return amiss(subject, f"HAProxy {version}", "upgrade it to HAProxy 2.6 or newer")
    if routes is None:
        return amiss(subject, f"HAProxy {version}; {trouble}", "start it: `tidegate up`, or `python -m worker router`")
    return fine(subject, f"HAProxy {version}, {count(routes, 'host name')}")


def store_line(revision: str, *, ready: bool) -> Line:
    if ready:
        return fine("store", f"answers, at revision {revision}")
    said = f"it can't be reached, or isn't at revision {revision}"
    return amiss("store", said, "look at DATABASE_URL and TIDEGATE_DATA, then run `python -m worker release`")


def redis_line(version: str | None, trouble: str) -> Line:
    if version is None:
        return amiss("Redis", f"no answer ({trouble})", "start it, or look at REDIS_URL")
    if _older(version, _REDIS):
        return amiss("Redis", f"Redis {version}", "upgrade it to Redis 5 or newer")
    return fine("Redis", f"Redis {version}")


def workers_line(listening: Mapping[str, int], leader: str | None, *, has_app: bool = True) -> Line:
    """`listening`: how many workers take from each queue; `leader`: the process that watches."""
    if not has_app:
        return amiss("workers", "they wait for the GitHub App", "have it made, as is told with it")
    idle = [queue for queue, number in listening.items() if not number]
    if idle:
        said = f"nobody works on {', '.join(idle)}"
        return amiss("workers", said, "start `python -m worker pool` (or `tidegate up`); its log says why it doesn't")
    if leader is None:
        return amiss("workers", "nobody watches", "start `python -m worker watch` (or `tidegate up`)")
    return fine("workers", f"every queue has its workers, and {leader} watches")


def disk_line(free: int, least: int) -> Line:
    """Of TIDEGATE_DATA."""
    said = f"{free / _GIGABYTE:.1f} GB free in TIDEGATE_DATA"
    if free < least:
        return amiss("disk", said, f"make room: builds need {least / _GIGABYTE:g} GB (TIDEGATE_MIN_FREE_GB)")
    return fine("disk", said)


def clock_line(skew: float | None, trouble: str) -> Line:
    """`skew`: seconds that our clock is ahead of GitHub's; None: GitHub could not be asked."""
    if skew is None:
        return amiss(
            "clock", f"GitHub can't be asked for the time ({trouble})", "look at GITHUB_API_URL and the network"
        )
    said = f"{abs(skew):.0f} s {'ahead of' if skew > 0 else 'behind'} GitHub's"
    if abs(skew) > _SKEW:
        return amiss("clock", said, "set it: `timedatectl set-ntp true`; GitHub refuses what is signed in the future")
    return fine("clock", said if abs(skew) >= 1 else "as GitHub's")


def _older(version: str, least: tuple[int, int]) -> bool:
    found = re.search(r"(\d+)\.(\d+)", version)
    return found is None or (int(found[1]), int(found[2])) < least
