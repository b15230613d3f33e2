"""One webhook delivery in full, and its Redeliver button."""

from __future__ import annotations

import json

from flask import Response, redirect, request
from werkzeug.wrappers import Response as BaseResponse

from standin.pages.frame import blueprint, page, show
from standin.refusals import not_found
from standin.world import World

routes = blueprint("deliveries")


@routes.get("/apps/<slug>/deliveries/<int:number>")
@page
def delivery(world: World, slug: str, number: int) -> Response:
    app = world.app(slug)
    found = world.courier.find(app, number)
    if found is None:
        raise not_found()
    pretty = json.dumps(json.loads(found.payload), indent=2)
    return show("delivery.html", world, app=app, delivery=found, payload=pretty)


@routes.post("/apps/<slug>/deliveries/<int:number>/redeliver")
@page
def redeliver(world: World, slug: str, number: int) -> BaseResponse:
    if not world.courier.again(world.app(slug), number):
        raise not_found()
    return redirect(request.form.get("next") or f"/apps/{slug}", 303)
