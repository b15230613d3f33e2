"""What all pages share: the world's lock, who is looking, refusals as pages."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from standin.call import here
from standin.pages.markdown import rendered
from standin.records import Repo, User
from standin.refusals import Refusal
from standin.world import MissingError, World

COOKIE = "standin_user"
Page = Callable[..., Any]


def blueprint(name: str) -> Blueprint:
    made = Blueprint(f"pages-{name}", __name__, template_folder="templates")
    made.add_app_template_filter(rendered, "markdown")
    made.add_app_template_filter(_readable, "time")
    return made


def _readable(stamped: str) -> str:
    """2026-01-31T10:20:30Z as people write it."""
    return stamped.replace("T", " ").removesuffix("Z")


def page(view: Page) -> Page:
    """The view gets the world, locked; what isn't there or isn't allowed becomes a page that says so."""

    @functools.wraps(view)
    def shown(**values: Any) -> BaseResponse:
        world = here()
        try:
            with world.lock:
                return make_response(view(world, **values))
        except MissingError as missing:
            return _problem(f"Not found: {missing}", 404)
        except Refusal as refusal:
            told = "; ".join(str(each.get("message", each)) for each in refusal.errors or [])
            return _problem(f"{refusal.message} {told}", refusal.status)

    return shown


def _problem(message: str, status: int) -> Response:
    return Response(render_template("problem.html", message=message, viewer=None, people=[]), status)


def show(template: str, world: World, owner: User | None = None, status: int = 200, **values: Any) -> Response:
    """A rendered page; `owner` is who looks while nobody chose to be somebody."""
    people = [user for user in world.users.values() if user.kind == "User" and user.login != "ghost"]
    text = render_template(template, world=world, viewer=viewer(world, owner), people=people, **values)
    return Response(text, status)


def viewer(world: World, owner: User | None = None) -> User:
    """Who presses the buttons: the person chosen at the top of the page, else the repository's owner."""
    chosen = world.users.get(request.cookies.get(COOKIE, "").lower())
    return chosen or owner or next(user for user in world.users.values() if user.login != "ghost")


def back(repo: Repo, endpoint: str = "pages-repositories.overview", anchor: str = "", **values: Any) -> BaseResponse:
    """After a button: to the page that shows what it did."""
    target = url_for(endpoint, owner=repo.owner.login, name=repo.name, **values)
    return redirect(target + (f"#{anchor}" if anchor else ""), 303)
