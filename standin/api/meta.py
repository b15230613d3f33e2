"""What GitHub says about itself, and about how much one may still ask."""

from standin.call import Call
from standin.records import Json
from standin.refusals import not_found
from standin.rest import Routes

routes = Routes("meta")


@routes("GET", "/rate_limit")
def get_rate_limit(call: Call) -> Json:
    rules, window = call.world.limits.rules, call.world.limits.window(call.actor.key)
    core = {
        "limit": rules.primary,
        "used": window.used,
        "remaining": max(rules.primary - window.used, 0),
        "reset": int(window.reset),
    }
    search = {"limit": 30, "used": 0, "remaining": 30, "reset": int(window.reset)}
    return {"resources": {"core": core, "search": search}, "rate": core}


@routes("GET", "/meta")
def get_meta(_call: Call) -> Json:
    ranges = {name: ["127.0.0.1/32"] for name in ("hooks", "web", "api", "git")}
    return {"verifiable_password_authentication": False, **ranges}


@routes("GET", "/<path:_path>")
@routes("POST", "/<path:_path>")
@routes("PUT", "/<path:_path>")
@routes("PATCH", "/<path:_path>")
@routes("DELETE", "/<path:_path>")
def no_such_endpoint(_call: Call, _path: str) -> None:
    """What the stand-in doesn't serve is not found, in JSON, and recorded."""
    raise not_found()
