"""The REST API's frame: each endpoint says what it needs, and is then only called when that holds.

Around an endpoint: faults, authentication, rate limits, permission, the world's lock, and the record of the call.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, request

from standin import faulty
from standin.access import Actor, authenticate, check_repo
from standin.call import Answer, Call, here
from standin.records import Json
from standin.refusals import Refusal, not_found
from standin.world import MissingError

PREFIX = "/api/v3"
View = Callable[..., Any]


class Routes:
    """One noun's endpoints."""

    def __init__(self, name: str) -> None:
        self.blueprint = Blueprint(f"api-{name}", __name__)

    def __call__(
        self, method: str, path: str, needs: str = "", by: str = "any", status: int = 200
    ) -> Callable[[View], View]:
        """`needs`: a permission on the path's repository, as `checks:write`; `by`: "app", "installation" or "user"."""

        def register(view: View) -> View:
            def handler(**values: Any) -> Response:
                return _serve(view, needs, by, status, values)

            # One handler may have several paths; Flask wants a name for each.
            self.blueprint.add_url_rule(path, f"{method}-{path}".replace(".", "-"), handler, methods=[method])
            return view

        return register


def _serve(view: View, needs: str, by: str, status: int, values: dict[str, Any]) -> Response:
    began = time.perf_counter()
    call = Call(here())
    fault = call.world.faults.strike(request.method, request.path.removeprefix(PREFIX))
    if fault is not None and not fault.after:
        response = faulty.answer(fault) or _answer(call, view, needs, by, status, values)
    else:
        response = _answer(call, view, needs, by, status, values)
        if fault is not None:
            response = faulty.answer(fault) or response
    _finish(call, response, began)
    return faulty.stalled(fault, response, call.world.faults.waiting())


def _answer(call: Call, view: View, needs: str, by: str, status: int, values: dict[str, Any]) -> Response:
    try:
        with call.world.lock:
            call.actor = authenticate(call.world, request.headers.get("Authorization", ""))
            _check_limits(call)
            _check_kind(call.actor, by)
            if "owner" in values and "repo" in values:
                call.repo = call.world.repo(values.pop("owner"), values.pop("repo"))
                if needs:
                    check_repo(call.world, call.actor, call.repo, needs)
            made = view(call, **values)
            return (made if isinstance(made, Answer) else Answer(made, status)).response()
    except Refusal as refusal:
        return Answer(refusal.body(), refusal.status, refusal.headers).response()
    except MissingError:
        return Answer(not_found().body(), 404).response()


def _check_kind(actor: Actor, by: str) -> None:
    if by == "app" and actor.kind != "app":
        raise Refusal(401, "A JSON web token could not be decoded")
    if by == "installation" and actor.kind != "installation":
        raise Refusal(
            403,
            "You must authenticate with an installation access token.",
        )
    if by == "user" and actor.kind not in {"user", "user-to-server"}:
        raise Refusal(401 if actor.kind == "anonymous" else 403, "Requires authentication")


def _check_limits(call: Call) -> None:
    if request.path.endswith("/rate_limit"):
        return
    overrun = call.world.limits.spend(call.actor.key, call.actor.who, write=request.method not in {"GET", "HEAD"})
    if overrun is not None:
        wait = {} if overrun.retry_after is None else {"retry-after": str(overrun.retry_after)}
        raise Refusal(403, overrun.message, headers=wait)


def _finish(call: Call, response: Response, began: float) -> None:
    for name, value in call.world.limits.headers(call.actor.key).items():
        response.headers.setdefault(name, value)
    response.headers["X-GitHub-Media-Type"] = "github.v3; format=json"
    response.headers["X-GitHub-Request-Id"] = f"{call.world.next_id():08X}"
    response.headers["X-GitHub-Api-Version-Selected"] = request.headers.get("X-GitHub-Api-Version", "2022-11-28")
    record(call, "rest", response, began)


def record(call: Call, kind: str, response: Response, began: float) -> None:
    """Keep the call for whoever counts them."""
    path = request.path.removeprefix(PREFIX)
    kept: Json = {
        "kind": kind,
        "method": request.method,
        "path": path,
        "query": request.args.to_dict(),
        "app": call.actor.name,
        "by": call.actor.kind,
        "status": response.status_code,
        "at": time.time(),
        "ms": round((time.perf_counter() - began) * 1000, 2),
    }
    if call.world.calls.bodies and kind == "rest":
        kept["body"] = request.get_data(as_text=True)
        kept["answer"] = response.get_data(as_text=True)
        kept["api_version"] = request.headers.get("X-GitHub-Api-Version")
    call.world.calls.add(kept)
