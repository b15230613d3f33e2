"""How a service is in an environment, and how the whole environment is: its services together (SEMANTICS 7). Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from tidegate.deployment import Health, Status


@dataclass(frozen=True)
class Wellbeing:
    """`health` None: nothing is live, so neither well nor unwell. `reason` says what is wrong, "" where nothing is."""

    health: Health | None
    reason: str = ""


class Judged(Protocol):
    """A deployment, or as much of one as tells how it is."""

    @property
    def status(self) -> Status: ...
    @property
    def health(self) -> Health | None: ...
    @property
    def health_reason(self) -> str: ...
    @property
    def reason(self) -> str: ...


def of_service(live: Judged | None) -> Wellbeing:
    """That of what is live there."""
    if live is None:
        return Wellbeing(None)
    if live.status is Status.CRASHED:
        return Wellbeing(Health.UNHEALTHY, live.health_reason or live.reason)
    return Wellbeing(live.health or Health.HEALTHY, live.health_reason)


def of_environment(services: Mapping[str, Wellbeing]) -> Wellbeing:
    """By name. Healthy where all are, unhealthy where all are; between, degraded. What isn't live doesn't count."""
    found = {name: each for name, each in services.items() if each.health is not None}
    bad = {name: each for name, each in found.items() if each.health is not Health.HEALTHY}
    if not bad:
        return Wellbeing(Health.HEALTHY if found else None)
    name, first = min(bad.items(), key=lambda each: (each[1].health is not Health.UNHEALTHY, each[0]))
    count = "" if len(found) == 1 else f" ({len(found) - len(bad)} of {len(found)} services are well)"
    all_down = all(each.health is Health.UNHEALTHY for each in found.values())
    return Wellbeing(Health.UNHEALTHY if all_down else Health.DEGRADED, f"{name}: {first.reason}{count}")
