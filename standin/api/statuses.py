"""Commit statuses."""

from standin import statuses
from standin.api.commits import named
from standin.call import Answer, Call, links
from standin.records import Json
from standin.rest import Routes
from standin.views import statuses as views

routes = Routes("statuses")


@routes("POST", "/repos/<owner>/<repo>/statuses/<sha>", needs="statuses:write", status=201)
def create_status(call: Call, sha: str) -> Json:
    made = statuses.create(call.world, call.repo, sha, call.actor.person, call.body)
    return views.status(call.world, call.repo, made)


@routes("GET", "/repos/<owner>/<repo>/commits/<path:ref>/statuses", needs="statuses:read")
def list_statuses(call: Call, ref: str) -> Answer:
    newest_first = reversed(call.repo.statuses.get(named(call, ref).sha, []))
    return call.paged(newest_first, lambda each: views.status(call.world, call.repo, each))


@routes("GET", "/repos/<owner>/<repo>/commits/<path:ref>/status", needs="statuses:read")
def get_combined(call: Call, ref: str) -> Answer:
    sha = named(call, ref).sha
    found = statuses.latest(call.repo, sha)
    page, size = call.page
    shown = found[(page - 1) * size : page * size]
    body = views.combined(call.world, call.repo, sha, found, shown)
    return Answer(body, headers=links(page, max(-(-len(found) // size), 1)))
