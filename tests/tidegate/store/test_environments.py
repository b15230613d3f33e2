"""What the router should do is a row, changed by the lane's holder alone and put back exactly."""

from __future__ import annotations

from dataclasses import replace

from tests.tidegate.store.given import NOON, REPOSITORY, TTL, a_deployment, a_lane, a_service, after, sha
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
            (
                Serving(old.id, old.sha, (serving[0],)),
                Serving(fresh.id, fresh.sha, (serving[1], serving[2]), entering=True),
            ),
        ),
    ]


def test_a_stopped_instance_is_in_no_route(store: Store) -> None:
    service = a_service(store)
    old = _routed(store, service, 1)
    store.instances.put(_instance(old, 0))
    store.instances.set_state(old.id, 0, InstanceState.STOPPED)
    (route,) = store.environments.routes()
    assert (route.routed, route.serving) == (old.id, ())


def test_what_is_unchanged_is_so_until_something_else_is_routed(store: Store) -> None:
    service = a_service(store)
    _routed(store, service, 1)
    store.environments.unchanged(service.id, PRODUCTION, sha(2), since=sha(1))
    place = _place(store, service)
    assert (place.live_sha, place.unchanged_at) == (sha(1), sha(2))
    _routed(store, service, 3)
    place = _place(store, service)
    assert (place.live_sha, place.unchanged_at) == (sha(3), None)


def test_what_is_stopped_is_remembered_until_it_is_started(store: Store) -> None:
    service = a_service(store)
    live = _routed(store, service, 1)
    assert store.environments.stop(service.id, PRODUCTION) == live.id
    place = _place(store, service)
    assert (place.routed, place.stopped, place.live_sha) == (None, live.id, sha(1))
    assert store.environments.stop(service.id, PRODUCTION) is None
    assert _place(store, service) == place
    store.environments.started(service.id, PRODUCTION)
    assert _place(store, service).stopped is None


def test_where_nothing_is_routed_nothing_is_stopped(store: Store) -> None:
    service = a_service(store)
    assert store.environments.stop(service.id, PRODUCTION) is None
    assert store.environments.stop(service.id, "pr-1") is None
    assert _place(store, service).stopped is None


def test_the_environments_of_a_repository(store: Store) -> None:
    web, api = a_service(store), a_service(store, "api")
    store.repositories.see(replace(REPOSITORY, repository_id=2, name="blog"), NOON)
    blog = store.services.ensure(2, "web", {})
    store.environments.ensure(blog.id, "pr-1")
    for service in (api, web):
        store.environments.ensure(service.id, "pr-1")
    assert [(each.service_id, each.name) for each in store.environments.of_repository(web.repository_id)] == [
        (web.id, "pr-1"),
        (web.id, PRODUCTION),
        (api.id, "pr-1"),
        (api.id, PRODUCTION),
    ]
    of_preview = store.environments.of_repository(web.repository_id, "pr-1")
    assert of_preview == [store.environments.get(each.id, "pr-1") for each in (web, api)]
    assert [(each.service_id, each.name) for each in store.environments.of_service(api.id)] == [
        (api.id, "pr-1"),
        (api.id, PRODUCTION),
    ]


def test_a_removed_environment_leaves_what_was_deployed_there(store: Store) -> None:
    service = a_service(store)
    live = _routed(store, service, 1)
    store.environments.ensure(service.id, "pr-1")
    for _ in range(2):
        store.environments.remove(service.id, PRODUCTION)
    assert [each.name for each in store.environments.of_repository(service.repository_id)] == ["pr-1"]
    assert store.deployments.get(live.id) == live


def test_a_repository_that_is_gone_has_no_route(store: Store) -> None:
    service = a_service(store)
    live = _routed(store, service, 1)
    store.repositories.gone(service.repository_id, "suspended", after(1))
    assert store.environments.routes() == []
    store.repositories.back(service.repository_id, after(2))
    assert [route.routed for route in store.environments.routes()] == [live.id]


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
