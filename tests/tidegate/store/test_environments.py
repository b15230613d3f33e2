"""What the router should do is a row, changed by the lane's holder alone and put back exactly."""

from __future__ import annotations

from dataclasses import replace

from tests.tidegate.store.given import NOON, TTL, a_deployment, a_lane, a_service, after, sha
from tidegate.deployment import Deployment, Lane, Move, Status
from tidegate.instance import Instance, InstanceState
from tidegate.repository import PRODUCTION, Environment, Service
from tidegate.routing import Route, Serving
from tidegate.store import Store


def test_an_environment_is_made_once(store: Store) -> None:
    service = a_service(store)
    first = store.environments.ensure(service.id, "pr-1")
    assert store.environments.ensure(service.id, "pr-1") == first
    assert store.environments.get(service.id, "pr-1") == first
    assert store.environments.get(service.id, "pr-2") is None
    assert (first.routed, first.live_sha) == (None, None)


def test_the_first_route_has_nothing_before_it(store: Store) -> None:
    service = a_service(store)
    lane = a_lane(store, a_deployment(store, service, 1))
    assert store.environments.route(lane, NOON) is None
    place = _place(store, service)
    assert (place.routed, place.live_sha) == (lane.deployment_id, sha(1))


def test_a_route_tells_what_was_routed_before_and_can_be_taken_back(store: Store) -> None:
    service = a_service(store)
    old = _routed(store, service, 1)
    lane = a_lane(store, a_deployment(store, service, 2))
    assert store.environments.route(lane, NOON) == old.id
    store.environments.unroute(lane, old.id)
    place = _place(store, service)
    assert (place.routed, place.live_sha) == (old.id, sha(1))


def test_a_first_route_that_is_taken_back_leaves_nothing(store: Store) -> None:
    service = a_service(store)
    lane = a_lane(store, a_deployment(store, service))
    store.environments.unroute(lane, store.environments.route(lane, NOON))
    place = _place(store, service)
    assert (place.routed, place.live_sha) == (None, None)


def test_whoever_resumes_a_switch_hears_the_same_as_the_one_who_began_it(store: Store) -> None:
    """Else a switch that was cut short and then fails would leave nothing routed."""
    service = a_service(store)
    old = _routed(store, service, 1)
    fresh = a_deployment(store, service, 2)
    assert store.environments.route(a_lane(store, fresh), NOON) == old.id
    resumed = a_lane(store, fresh, "another worker", after(TTL))
    previous = store.environments.route(resumed, after(TTL))
    assert previous == old.id
    store.environments.unroute(resumed, previous)
    assert _place(store, service).routed == old.id


def test_taking_back_what_is_not_routed_leaves_the_route_alone(store: Store) -> None:
    service = a_service(store)
    old = _routed(store, service, 1)
    store.environments.unroute(a_lane(store, a_deployment(store, service, 2)), None)
    assert _place(store, service).routed == old.id


def test_routes_hold_all_that_the_router_needs(store: Store) -> None:
    service, api = a_service(store), a_service(store, "api")
    old, fresh = _routed(store, service, 1), a_deployment(store, service, 2, Status.DEPLOYING)
    serving = [_instance(old, 0), _instance(fresh, 0), _instance(fresh, 1)]
    for instance in (*serving, replace(_instance(fresh, 2), state=InstanceState.STARTING)):
        store.instances.put(instance)
    store.environments.ensure(service.id, "pr-7")
    assert store.environments.routes() == [
        Route("api", PRODUCTION, "acme/shop", api.definition, None, ()),
        Route("web", "pr-7", "acme/shop", service.definition, None, ()),
        Route(
            "web",
            PRODUCTION,
            "acme/shop",
            service.definition,
            old.id,
            (Serving(old.id, old.sha, (serving[0],)), Serving(fresh.id, fresh.sha, (serving[1], serving[2]))),
        ),
    ]


def test_a_stopped_instance_is_in_no_route(store: Store) -> None:
    service = a_service(store)
    old = _routed(store, service, 1)
    store.instances.put(_instance(old, 0))
    store.instances.set_state(old.id, 0, InstanceState.STOPPED)
    (route,) = store.environments.routes()
    assert (route.routed, route.serving) == (old.id, ())


def _place(store: Store, service: Service) -> Environment:
    found = store.environments.get(service.id, PRODUCTION)
    assert found is not None
    return found


def _routed(store: Store, service: Service, number: int) -> Deployment:
    made = a_deployment(store, service, number)
    lane: Lane = a_lane(store, made)
    store.environments.route(lane, NOON)
    for status in (Status.DEPLOYING, Status.LIVE):
        made = store.deployments.move(made.id, Move(status, "on"), NOON)
    return made


def _instance(deployment: Deployment, index: int) -> Instance:
    return Instance(deployment.id, index, "local", f"container-{index}", "10.0.0.1", 3000, InstanceState.HEALTHY)
