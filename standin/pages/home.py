"""The first page: repositories, people, Apps; and who is looking."""

from __future__ import annotations

from flask import Response, redirect, request, send_from_directory
from werkzeug.wrappers import Response as BaseResponse

from standin.pages.frame import COOKIE, blueprint, page, show
from standin.world import World

routes = blueprint("home")
HUES = 360


@routes.get("/")
@page
def home(world: World) -> Response:
    return show("home.html", world, repos=list(world.repos.values()), apps=list(world.apps.values()))


@routes.get("/<owner>")
@page
def account(world: World, owner: str) -> Response:
    who = world.user(owner)
    return show("home.html", world, repos=[repo for repo in world.repos.values() if repo.owner is who], apps=[])


@routes.post("/_standin/be")
def be() -> BaseResponse:
    """Look at the pages as another person."""
    response = redirect(request.form.get("next") or "/", 303)
    response.set_cookie(COOKIE, request.form["login"], samesite="Lax")
    return response


@routes.get("/_standin/style.css")
def style() -> Response:
    return send_from_directory(f"{routes.root_path}/templates", "style.css", max_age=300)


@routes.get("/_standin/avatars/<int:number>.svg")
def avatar(number: int) -> Response:
    """A picture of its own for everybody."""
    circle = f'<circle cx="16" cy="16" r="16" fill="hsl({number * 47 % HUES},45%,55%)"/>'
    face = '<circle cx="16" cy="13" r="6" fill="#fff8"/><path d="M4 30a12 10 0 0 1 24 0z" fill="#fff8"/>'
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">{circle}{face}</svg>'
    return Response(svg, content_type="image/svg+xml", headers={"Cache-Control": "max-age=86400"})
