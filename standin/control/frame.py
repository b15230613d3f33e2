"""The control API's frame: JSON in and out, under the world's lock, with problems as `{"message": ...}`."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, request

from standin.call import here
from standin.git import GitError
from standin.records import Json
from standin.refusals import Refusal
from standin.world import MissingError

View = Callable[..., Any]


class Routes:
    def __init__(self, name: str) -> None:
        self.blueprint = Blueprint(f"control-{name}", __name__, url_prefix="/_standin")

    def __call__(self, method: str, path: str, *, waits: bool = False) -> Callable[[View], View]:
        """`waits`: called without the lock, since it waits for others that need it."""

        def register(view: View) -> View:
            def handler(**values: Any) -> Response:
                return _serve(view, values, waits=waits)

            self.blueprint.add_url_rule(path, f"{method}-{path}".replace(".", "-"), handler, methods=[method])
            return view

        return register


def _serve(view: View, values: dict[str, Any], *, waits: bool) -> Response:
    world = here()
    try:
        body = _body()
        if waits:
            return _json(view(world, body, **values))
        with world.lock:
            return _json(view(world, body, **values))
    except MissingError as missing:
        return _json({"message": f"not here: {missing}"}, 404)
    except Refusal as refusal:
        return _json(refusal.body(), refusal.status)
    except (GitError, KeyError, TypeError, ValueError) as wrong:
        return _json({"message": f"bad request: {wrong!r}"}, 400)


def _body() -> Json:
    sent = json.loads(request.get_data() or b"{}")
    return {**request.args.to_dict(), **sent}


def _json(value: Any, status: int = 200) -> Response:
    return Response(json.dumps(value), status, content_type="application/json")
