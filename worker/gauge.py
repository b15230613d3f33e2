"""Reads every few seconds what the instances on a host use, for the charts that people see. Nothing depends on it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from tidegate import gauge
from tidegate.gauge import Counters, HostSeen, Reading
from tidegate.instance import Instance
from worker.parts import Parts
from worker.ports import Unavailable


class Gauge:
    """Of one host."""

    def __init__(self, parts: Parts, host: str) -> None:
        self.host = host
        self._parts = parts
        self._before: dict[str, tuple[datetime, Counters]] = {}

    def turn(self) -> None:
        """One reading of each instance that there was a reading of before; and whether the host answers. Raises
        StoreDown."""
        there = [each.instance for each in self._parts.store.instances.tended() if each.instance.host == self.host]
        try:
            counted = self._parts.hosts.of(self.host).counters()
        except Unavailable as trouble:
            self._parts.gauges.seen(self.host, HostSeen(self._parts.clock.now(), trouble.detail))
            return
        now = self._parts.clock.now()
        self._parts.gauges.seen(self.host, HostSeen(now))
        self._parts.gauges.keep(self._read(there, counted, now))
        self._before = {container: (now, counters) for container, counters in counted.items()}

    def _read(
        self, there: Sequence[Instance], counted: Mapping[str, Counters], now: datetime
    ) -> list[tuple[Instance, Reading]]:
        read = (
            (each, gauge.reading(self._before.get(each.container_id), now, counted[each.container_id]))
            for each in there
            if each.container_id in counted
        )
        return [(instance, reading) for instance, reading in read if reading is not None]
