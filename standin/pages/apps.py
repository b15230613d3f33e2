"""Apps as pages: made from a manifest, installed on repositories."""

from __future__ import annotations

import json
from urllib.parse import urlencode

from flask import Response, redirect, request
from werkzeug.wrappers import Response as BaseResponse

from standin import installing, manifests
from standin.pages.frame import blueprint, page, show, viewer
from standin.refusals import Refusal, not_found
from standin.world import World

routes = blueprint("apps")
NAME = 34  # characters, at most


@routes.get("/apps/<slug>")
@page
def app(world: World, slug: str) -> Response:
    found = world.app(slug)
    installed = [each for each in world.installations.values() if each.app is found]
    sent = [(found, each) for each in world.courier.listed(found)][:50]
    return show("app.html", world, app=found, installations=installed, deliveries=sent)


@routes.route("/settings/apps/new", methods=["GET", "POST"])
@routes.route("/organizations/<org>/settings/apps/new", methods=["GET", "POST"])
@page
def new(world: World, org: str = "") -> Response:
    """A manifest is posted here by the App's own page; a person confirms the name."""
    text = request.form.get("manifest", "")
    if not text:
        return show("new_app.html", world, manifest=None, org=org, problems=[], state="")
    try:
        manifest = json.loads(text)
    except ValueError:
        manifest, wrong = None, ["The manifest is not JSON."]
    else:
        wrong = manifests.problems(manifest)
    state = request.args.get("state", "")
    status = 422 if wrong else 200
    return show(
        "new_app.html", world, status=status, manifest=manifest, text=text, org=org, problems=wrong, state=state
    )


@routes.post("/settings/apps/confirm")
@page
def confirm(world: World) -> BaseResponse:
    manifest = json.loads(request.form["manifest"])
    wrong = manifests.problems(manifest)
    name = (request.form.get("name") or manifest.get("name") or "").strip()
    if wrong or not 0 < len(name) <= NAME:
        raise Refusal(422, " ".join(wrong) or f"A name has 1 to {NAME} characters.")
    org = request.form.get("org", "")
    owner = world.user(org) if org else viewer(world)
    code = world.manifests.confirm(manifest, name, owner)
    state = request.form.get("state", "")
    returned = {"code": code, **({"state": state} if state else {})}
    target = manifest["redirect_url"]
    return redirect(f"{target}{'&' if '?' in target else '?'}{urlencode(returned)}", 303)


@routes.get("/apps/<slug>/installations/new")
@page
def choose(world: World, slug: str) -> Response:
    found, who = world.app(slug), viewer(world)
    accounts = [who, *(user for user in world.users.values() if user.kind == "Organization")]
    owned = {account.login: [repo for repo in world.repos.values() if repo.owner is account] for account in accounts}
    return show("install.html", world, app=found, owned=owned)


@routes.post("/apps/<slug>/installations")
@page
def install(world: World, slug: str) -> BaseResponse:
    """On `all`, or the chosen repositories of an account; then on to the App's set-up page."""
    found, account = world.app(slug), world.user(request.form["account"])
    chosen = None
    if request.form.get("selection") != "all":
        chosen = [world.repo(account.login, name) for name in request.form.getlist("repo")]
    made = installing.install(world, found, account, chosen)
    if found.setup_url:
        query = urlencode({"installation_id": made.id, "setup_action": "install"})
        return redirect(f"{found.setup_url}{'&' if '?' in found.setup_url else '?'}{query}", 303)
    return redirect(f"/apps/{slug}", 303)


@routes.get("/apps/<slug>/installations/<int:number>")
@page
def installation(world: World, slug: str, number: int) -> BaseResponse:
    if number not in world.installations:
        raise not_found()
    return redirect(f"/apps/{slug}", 303)
