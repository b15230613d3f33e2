"""Apps: themselves, their installations, tokens and the manifest's conversion."""

from standin import hooks, manifests, tokens
from standin.call import Answer, Call
from standin.records import App, Installation, Json
from standin.refusals import not_found
from standin.rest import Routes
from standin.views import apps as views
from standin.views.repositories import repository

routes = Routes("apps")


def _app(call: Call) -> App:
    assert call.actor.app
    return call.actor.app


def _installation(call: Call, number: int) -> Installation:
    found = call.world.installations.get(number)
    if found is None or found.app is not _app(call):
        raise not_found()
    return found


@routes("GET", "/app", by="app")
def get_app(call: Call) -> Json:
    return views.own_app(call.world, _app(call))


@routes("GET", "/apps/<slug>")
def get_by_slug(call: Call, slug: str) -> Json:
    return views.app(call.world, call.world.app(slug))


@routes("GET", "/app/installations", by="app")
def list_installations(call: Call) -> Answer:
    mine = [each for each in call.world.installations.values() if each.app is _app(call)]
    return call.paged(mine, lambda each: views.installation(call.world, each))


@routes("GET", "/app/installations/<int:number>", by="app")
def get_installation(call: Call, number: int) -> Json:
    return views.installation(call.world, _installation(call, number))


@routes("POST", "/app/installations/<int:number>/access_tokens", by="app", status=201)
def create_token(call: Call, number: int) -> Json:
    return views.token(call.world, tokens.mint(call.world, _installation(call, number), call.body))


@routes("GET", "/repos/<owner>/<repo>/installation", by="app")
def get_repo_installation(call: Call) -> Json:
    found = call.world.installation_of(_app(call), call.repo)
    if found is None:
        raise not_found()
    return views.installation(call.world, found)


@routes("GET", "/users/<login>/installation", by="app")
@routes("GET", "/orgs/<login>/installation", by="app")
def get_account_installation(call: Call, login: str) -> Json:
    for each in call.world.installations.values():
        if each.app is _app(call) and each.account.login.lower() == login.lower():
            return views.installation(call.world, each)
    raise not_found()


@routes("GET", "/installation/repositories", by="installation")
def list_repositories(call: Call) -> Answer:
    assert call.actor.installation
    covered = [repo for repo in call.world.repos_of(call.actor.installation) if call.actor.covers(repo)]
    page = call.paged(covered, lambda repo: repository(call.world, repo), "repositories")
    page.body["repository_selection"] = call.actor.installation.selection
    return page


@routes("DELETE", "/installation/token", by="installation")
def revoke_token(call: Call) -> Answer:
    call.world.tokens.pop(call.credential, None)
    return Answer(status=204)


@routes("POST", "/app-manifests/<code>/conversions", status=201)
def convert_manifest(call: Call, code: str) -> Json:
    """Unauthenticated: the code is the credential, once and for an hour."""
    app = manifests.convert(call.world, code)
    if app.webhook_url:
        hooks.ping(call.world, app)
    secrets = {"client_secret": app.client_secret, "webhook_secret": app.webhook_secret, "pem": app.private_key}
    return {**views.app(call.world, app), **secrets}
