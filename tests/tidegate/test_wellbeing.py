"""How an environment is, of its services together."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.tidegate.make import deployment
from tidegate.deployment import Deployment, Health, Status
from tidegate.wellbeing import Wellbeing, of_environment, of_service

GOOD, HALF, DOWN, NONE = (
    Wellbeing(Health.HEALTHY),
    Wellbeing(Health.DEGRADED, "instance 2 crashed"),
    Wellbeing(Health.UNHEALTHY, "instance 1 crashed"),
    Wellbeing(None),
)


@pytest.mark.parametrize(
    ("live", "expected"),
    [
        (None, NONE),
        (deployment(status=Status.LIVE), GOOD),
        (deployment(status=Status.LIVE, health=Health.DEGRADED, health_reason="instance 2 crashed"), HALF),
        (deployment(status=Status.CRASHED, reason="instance 1 crashed"), DOWN),
        (deployment(status=Status.CRASHED, health=Health.UNHEALTHY, health_reason="instance 1 crashed"), DOWN),
    ],
)
def test_a_service_is_what_its_live_deployment_is(live: Deployment | None, expected: Wellbeing) -> None:
    assert of_service(live) == expected


@pytest.mark.parametrize(
    ("services", "health", "reason"),
    [
        ({}, None, ""),
        ({"web": NONE}, None, ""),
        ({"web": GOOD, "api": NONE}, Health.HEALTHY, ""),
        ({"web": GOOD, "api": GOOD}, Health.HEALTHY, ""),
        ({"web": GOOD, "api": HALF}, Health.DEGRADED, "api: instance 2 crashed (1 of 2 services are well)"),
        ({"web": GOOD, "api": DOWN}, Health.DEGRADED, "api: instance 1 crashed (1 of 2 services are well)"),
        ({"api": HALF, "web": DOWN}, Health.DEGRADED, "web: instance 1 crashed (0 of 2 services are well)"),
        ({"web": DOWN, "api": NONE}, Health.UNHEALTHY, "web: instance 1 crashed"),
        ({"web": DOWN, "api": DOWN}, Health.UNHEALTHY, "api: instance 1 crashed (0 of 2 services are well)"),
    ],
)
def test_an_environment_is_what_its_services_are(
    services: dict[str, Wellbeing], health: Health | None, reason: str
) -> None:
    assert of_environment(services) == Wellbeing(health, reason)


@given(st.dictionaries(st.text(min_size=1), st.sampled_from([GOOD, HALF, DOWN, NONE])))
def test_it_is_between_its_best_and_its_worst(services: dict[str, Wellbeing]) -> None:
    order = [Health.HEALTHY, Health.DEGRADED, Health.UNHEALTHY]
    ranks = [order.index(each.health) for each in services.values() if each.health is not None]
    found = of_environment(services)
    assert (found.health is None) == (not ranks)
    if found.health is not None:
        assert min(ranks) <= order.index(found.health) <= max(ranks)
        assert bool(found.reason) == (max(ranks) > 0)
