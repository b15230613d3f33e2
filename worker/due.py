"""What cron services' schedules ask for becomes a row when its time has come, however late somebody looks."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime

from tidegate import schedule
from tidegate.blueprint import Service as Definition
from tidegate.repository import PRODUCTION
from tidegate.store.schedules import Place
from worker.parts import Parts


@dataclass
class Due:
    """A place's next time is kept in the store, so that a time that passes while nobody watches is still due, once:
    the next is counted from now."""

    parts: Parts
    #: By deployment, whose definition never changes: its schedule, and since when it counts.
    _schedules: dict[str, tuple[str, datetime] | None] = field(default_factory=dict)

    def look(self) -> None:
        """To be called again and again; each time has one run, whoever looks."""
        places = self.parts.store.schedules.live()
        self._forget({each.deployment_id for each in places})
        for place in places:
            self._look(place)

    def _look(self, place: Place) -> None:
        store, now, wanted = self.parts.store.schedules, self.parts.clock.now(), self._wanted(place)
        if wanted is None:
            if place.schedule is not None:
                store.forget(place.service_id, place.environment)
        elif wanted[0] != place.schedule or place.next_at is None:
            store.put(place.service_id, place.environment, wanted[0], schedule.next_after(*wanted))
        elif place.next_at <= now:
            store.fall_due(place, schedule.next_after(wanted[0], now))

    def _wanted(self, place: Place) -> tuple[str, datetime] | None:
        """Previews have none: what production's does by its schedule must not be done once more for each of them."""
        if place.environment != PRODUCTION:
            return None
        if place.deployment_id not in self._schedules:
            row = self.parts.store.deployments.get(place.deployment_id)
            found = Definition.load((row and row.definition) or {}).schedule
            known = (found, row.live_at or row.created_at) if row and found else None
            self._schedules[place.deployment_id] = known
        return self._schedules[place.deployment_id]

    def _forget(self, but: Collection[str]) -> None:
        for gone in self._schedules.keys() - but:
            del self._schedules[gone]
