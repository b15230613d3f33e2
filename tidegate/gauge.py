"""What an instance uses of its machine, read every few seconds and kept for an hour: for the charts that people see."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

#: Seconds between two readings, how many are kept, and for how many seconds after the last one.
EVERY = 15.0
KEPT = 240
KEPT_SECONDS = 3600
#: For how many seconds a look at a host tells how it is now; later, whoever looks isn't there.
TELLS = 8 * EVERY


@dataclass(frozen=True)
class Counters:
    """As a host tells them of a container. `cpu`: seconds of CPU time since it was started; `memory` in bytes, without
    what is only cached."""

    cpu: float
    memory: int


@dataclass(frozen=True)
class Reading:
    """`cpus`: how many CPUs it kept busy since the reading before, 1.0 being one of them; `memory` in bytes."""

    at: datetime
    cpus: float
    memory: int


def reading(before: tuple[datetime, Counters] | None, now: datetime, counters: Counters) -> Reading | None:
    """None: there is nothing to compare with, or it was started anew in between."""
    if before is None or counters.cpu < before[1].cpu or now <= before[0]:
        return None
    return Reading(now, (counters.cpu - before[1].cpu) / (now - before[0]).total_seconds(), counters.memory)


def key(deployment_id: str, index: int) -> str:
    """Of the capped Redis stream that has an instance's readings."""
    return f"tidegate:gauge:{deployment_id}:{index}"


def dump(of: Reading) -> dict[str, str]:
    return {"at": of.at.isoformat(), "cpus": f"{of.cpus:.4f}", "memory": str(of.memory)}


def load(fields: Mapping[bytes, bytes]) -> Reading:
    """Of an entry as Redis gives it."""
    at = datetime.fromisoformat(fields[b"at"].decode()).astimezone(UTC)
    return Reading(at, float(fields[b"cpus"]), int(fields[b"memory"]))


@dataclass(frozen=True)
class HostSeen:
    """When a Docker host was asked last, and why it gave no answer; "" where it did."""

    at: datetime
    trouble: str = ""


#: The Redis hash that has it of each host, by its name.
HOSTS = "tidegate:hosts-seen"


def dump_host(of: HostSeen) -> str:
    return f"{of.at.isoformat()} {of.trouble}"


def load_host(text: bytes) -> HostSeen:
    at, _, trouble = text.decode().partition(" ")
    return HostSeen(datetime.fromisoformat(at), trouble)
