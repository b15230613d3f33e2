"""Control of how the stand-in runs: recorded calls, faults, limits, deliveries."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from standin.control.frame import Routes
from standin.limits import Rules
from standin.records import Json
from standin.world import World

routes = Routes("running")


@routes("GET", "/health")
def health(world: World, _body: Json) -> Json:
    return {"ok": True, "url": world.url, "api_url": world.api}


@routes("GET", "/calls")
def list_calls(world: World, body: Json) -> list[dict[str, Any]]:
    wanted = {key: str(body[key]) for key in ("app", "method", "path", "kind") if body.get(key)}
    return world.calls.find(**wanted)


@routes("DELETE", "/calls")
def reset_calls(world: World, _body: Json) -> Json:
    world.calls.reset()
    return {}


@routes("POST", "/calls/take")
def take_calls(world: World, _body: Json) -> list[dict[str, Any]]:
    return world.calls.take()


@routes("PUT", "/calls/bodies")
def keep_bodies(world: World, body: Json) -> Json:
    world.calls.bodies = bool(body["on"])
    return {"on": world.calls.bodies}


@routes("GET", "/faults")
def list_faults(world: World, _body: Json) -> Json:
    return world.faults.listed()


@routes("POST", "/faults")
def add_fault(world: World, body: Json) -> Json:
    world.faults.add(**body)
    return world.faults.listed()


@routes("POST", "/faults/webhooks")
def add_webhook_fault(world: World, body: Json) -> Json:
    world.faults.add_post(**body)
    return world.faults.listed()


@routes("PUT", "/faults/dice")
def seed_faults(world: World, body: Json) -> Json:
    world.faults.seed(int(body["seed"]))
    return {}


@routes("DELETE", "/faults")
def clear_faults(world: World, _body: Json) -> Json:
    world.faults.clear()
    world.courier.release()
    return {}


@routes("GET", "/limits")
def get_limits(world: World, _body: Json) -> Json:
    return asdict(world.limits.rules)


@routes("PATCH", "/limits")
def change_limits(world: World, body: Json) -> Json:
    if body.pop("lifted", False):
        world.limits.lift()
    world.limits.rules = Rules(**{**asdict(world.limits.rules), **body})
    return asdict(world.limits.rules)


@routes("POST", "/limits/reset")
def reset_limits(world: World, _body: Json) -> Json:
    world.limits.reset()
    return {}


@routes("GET", "/deliveries/<slug>")
def list_deliveries(world: World, body: Json, slug: str) -> list[Json]:
    kept = reversed(world.courier.listed(world.app(slug)))
    return [each.full() for each in kept if body.get("event", each.event) == each.event]


@routes("POST", "/deliveries/wait", waits=True)
def wait_for_deliveries(world: World, body: Json) -> Json:
    return {"idle": world.courier.wait_idle(float(body.get("seconds", 10)))}
