"""Readings that are kept in memory."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from tidegate.gauge import HostSeen, Reading
from tidegate.instance import Instance


class FakeGauges:
    """`readings` by (deployment, index), the oldest first; `hosts` by name."""

    def __init__(self) -> None:
        self.readings: defaultdict[tuple[str, int], list[Reading]] = defaultdict(list)
        self.hosts: dict[str, HostSeen] = {}

    def keep(self, readings: Sequence[tuple[Instance, Reading]]) -> None:
        for instance, reading in readings:
            self.readings[instance.deployment_id, instance.index].append(reading)

    def seen(self, host: str, seen: HostSeen) -> None:
        self.hosts[host] = seen
