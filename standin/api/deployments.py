"""Deployments and their statuses."""

from standin import deployments
from standin.call import Answer, Call
from standin.records import Deployment, Json
from standin.refusals import Refusal, not_found
from standin.rest import Routes
from standin.views import deployments as views

routes = Routes("deployments")
FILTERS = ("sha", "ref", "task", "environment")


def _find(call: Call, number: int) -> Deployment:
    if number not in call.repo.deployments:
        raise not_found()
    return call.repo.deployments[number]


@routes("POST", "/repos/<owner>/<repo>/deployments", needs="deployments:write")
def create_deployment(call: Call) -> Answer:
    made = deployments.create(call.world, call.repo, call.actor.person, call.actor.via, call.body)
    if isinstance(made, deployments.Merged):
        return Answer({"message": made.message}, 202)
    return Answer(views.deployment(call.world, call.repo, made), 201)


@routes("GET", "/repos/<owner>/<repo>/deployments", needs="deployments:read")
def list_deployments(call: Call) -> Answer:
    wanted = {name: call.query[name] for name in FILTERS if call.query.get(name, "none") != "none"}
    found = [
        each
        for each in reversed(call.repo.deployments.values())
        if all(getattr(each, name) == value for name, value in wanted.items())
    ]
    return call.paged(found, lambda each: views.deployment(call.world, call.repo, each))


@routes("GET", "/repos/<owner>/<repo>/deployments/<int:number>", needs="deployments:read")
def get_deployment(call: Call, number: int) -> Json:
    return views.deployment(call.world, call.repo, _find(call, number))


@routes("DELETE", "/repos/<owner>/<repo>/deployments/<int:number>", needs="deployments:write")
def delete_deployment(call: Call, number: int) -> Answer:
    found = _find(call, number)
    if len(call.repo.deployments) > 1 and found.state not in {"inactive", "failure", "error"}:
        raise Refusal(
            422, "We cannot delete an active deployment unless it is the only deployment in a given environment."
        )
    del call.repo.deployments[number]
    return Answer(status=204)


@routes("POST", "/repos/<owner>/<repo>/deployments/<int:number>/statuses", needs="deployments:write", status=201)
def create_status(call: Call, number: int) -> Json:
    found = _find(call, number)
    made = deployments.add_status(call.world, call.repo, found, call.actor.person, call.actor.via, call.body)
    return views.status(call.world, call.repo, found, made)


@routes("GET", "/repos/<owner>/<repo>/deployments/<int:number>/statuses", needs="deployments:read")
def list_statuses(call: Call, number: int) -> Answer:
    found = _find(call, number)
    return call.paged(reversed(found.statuses), lambda each: views.status(call.world, call.repo, found, each))


@routes("GET", "/repos/<owner>/<repo>/deployments/<int:number>/statuses/<int:status>", needs="deployments:read")
def get_status(call: Call, number: int, status: int) -> Json:
    found = _find(call, number)
    for each in found.statuses:
        if each.id == status:
            return views.status(call.world, call.repo, found, each)
    raise not_found()
