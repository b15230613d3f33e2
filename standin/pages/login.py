"""Signing in with GitHub: the page that asks, and the exchange of its code."""

from __future__ import annotations

from urllib.parse import urlencode

from flask import Response, jsonify, redirect, request
from werkzeug.wrappers import Response as BaseResponse

from standin.call import here
from standin.oauth import may_return_to
from standin.pages.frame import blueprint, page, show
from standin.refusals import Refusal
from standin.world import World

routes = blueprint("login")
KEPT = ("client_id", "redirect_uri", "state", "code_challenge", "code_challenge_method")


@routes.get("/login/oauth/authorize")
@page
def authorize(world: World) -> BaseResponse:
    """With `login=` the person has said yes already; without, the page asks who they are."""
    asked = request.args
    app = world.app(asked.get("client_id", ""))
    target = asked.get("redirect_uri") or next(iter(app.callback_urls), "")
    if not may_return_to(app, target):
        raise Refusal(400, "The redirect_uri MUST match the registered callback URL for this application.")
    if asked.get("code_challenge") and asked.get("code_challenge_method") != "S256":
        raise Refusal(400, "code_challenge_method must be S256.")
    login = asked.get("login", "")
    if not login:
        kept = {name: asked[name] for name in KEPT if name in asked}
        return show("authorize.html", world, app=app, kept=kept)
    code = world.grants.approve(app, world.user(login), target, asked.get("code_challenge", ""))
    returned = {"code": code, **({"state": asked["state"]} if "state" in asked else {})}
    return redirect(f"{target}{'&' if '?' in target else '?'}{urlencode(returned)}")


@routes.post("/login/oauth/access_token")
def access_token() -> Response:
    """Form or JSON in; JSON out when asked for, else a form as GitHub's default."""
    world = here()
    sent = request.get_json(silent=True) if request.is_json else None
    form = {**request.args.to_dict(), **request.form.to_dict(), **(sent or {})}
    with world.lock:
        answer = world.grants.exchange(world, form)
    if "json" in request.headers.get("Accept", ""):
        return jsonify(answer)
    return Response(urlencode(answer), content_type="application/x-www-form-urlencoded")
