"""`/api/v1/services`, `/api/v1/repositories`: what there is, and of one service all that is known of how it is now."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify

from tidegate import wording
from tidegate.definition import defined
from tidegate.deployment import RUNNING, Deployment, Health
from tidegate.permission import Action
from tidegate.repository import PRODUCTION, Repository, Service
from webapp.api.common import AFTER, DEPLOYMENT, FROZEN, INSTANCE, LIMIT
from webapp.api.declared import Endpoint, Line, endpoint, told
from webapp.api.deployments import shown, shown_instance
from webapp.api.freezes import shown as shown_freeze
from webapp.api.shapes import MAYBE_TEXT, TEXT, WHOLE, YES_OR_NO, Schema, many, maybe, named, one_of, page, record
from webapp.parts import parts
from webapp.viewer import viewer

blueprint = Blueprint("api_lookup", __name__, url_prefix="/api/v1")

_SERVICE: dict[str, Schema] = {
    "id": WHOLE,
    "name": TEXT,
    "repository_id": WHOLE,
    "repository": TEXT,
    "type": TEXT,
    "url": MAYBE_TEXT,
    "live": MAYBE_TEXT,
    "sha": MAYBE_TEXT,
    "health": maybe(one_of(Health)),
    "health_reason": TEXT,
    "auto_deploy_off": MAYBE_TEXT,
    "unlisted": MAYBE_TEXT,
}
_PLACE = record(
    environment=TEXT,
    url=MAYBE_TEXT,
    live=maybe(DEPLOYMENT),
    instances=many(INSTANCE),
    coming=many(DEPLOYMENT),
)
_WHOLE = named("WholeService", record(**_SERVICE, environments=many(_PLACE), freezes=many(FROZEN)))
_REPOSITORY = record(id=WHOLE, full_name=TEXT, default_branch=TEXT, private=YES_OR_NO, proposal=MAYBE_TEXT)

_NAME = Line("name", "those of that name")
_IN = Line("repository", "those of that repository, such as `octo/shop`", 255)
_SERVICES = (LIMIT, AFTER, _NAME, _IN)
_REPOSITORIES = (LIMIT, AFTER)


@endpoint(
    blueprint,
    "GET",
    "/services",
    Endpoint(
        "Services, by repository and name",
        {200: page("services", named("Service", record(**_SERVICE)), WHOLE)},
        _SERVICES,
    ),
)
def index() -> Response:
    """Of the repositories that one works in."""
    store, asked = parts().store, told(_SERVICES)
    begin, limit = AFTER.of(asked) or 0, LIMIT.must(asked)
    found = store.glances.services(
        viewer().given(), "", begin, limit + 1, name=_NAME.of(asked), repository=_IN.of(asked)
    )
    part = found[:limit]
    repositories = {each.id: each for each in store.repositories.some({each.repository_id for each in part})}
    serving = store.glances.serving([each.id for each in part])
    services = [_told(each, repositories[each.repository_id], serving.get(each.id)) for each in part]
    return jsonify(services=services, next=begin + limit if len(found) > limit else None)


@endpoint(
    blueprint,
    "GET",
    "/services/<int:service_id>",
    Endpoint("A service: what is live, what comes and what it waits for", {200: _WHOLE}, action=Action.SEE),
)
def one(service_id: int) -> Response:
    """In each of its environments; why something waits is its `reason`."""
    service, repository = viewer().service(service_id)
    store = parts().store
    places = store.environments.of_service(service.id)
    frozen = [each for each in store.freezes.of_repository(repository.id) if each.service in {None, service.name}]
    return jsonify(
        **_told(service, repository, store.deployments.live(service.id, PRODUCTION)),
        environments=[_place(service, each.name) for each in places],
        freezes=[shown_freeze(each) for each in frozen],
    )


@endpoint(
    blueprint,
    "GET",
    "/repositories",
    Endpoint("Repositories that you work in, by name", {200: page("repositories", _REPOSITORY, WHOLE)}, _REPOSITORIES),
)
def repositories() -> Response:
    """`proposal`: of one without a deploy file, where GitHub has a new one filled in, to be looked at and committed."""
    asked = told(_REPOSITORIES)
    found = viewer().repositories()
    begin, limit = AFTER.of(asked) or 0, LIMIT.must(asked)
    part = found[begin : begin + limit]
    proposed = {each.repository: each.url for each in parts().store.glances.proposed({each.id for each in part}, limit)}
    words = ("id", "full_name", "default_branch", "private")
    listed = [
        {**{name: getattr(each, name) for name in words}, "proposal": proposed.get(each.full_name)} for each in part
    ]
    return jsonify(repositories=listed, next=begin + limit if len(found) > begin + limit else None)


def _told(service: Service, repository: Repository, live: Deployment | None) -> dict[str, object]:
    """`live`: in production."""
    return {
        "id": service.id,
        "name": service.name,
        "repository_id": repository.id,
        "repository": repository.full_name,
        "type": defined(service.definition).type,
        "url": url_of(live),
        "live": live and live.id,
        "sha": live and live.sha,
        "health": live and live.health,
        "health_reason": (live and live.health_reason) or "",
        "auto_deploy_off": service.auto_deploy_off,
        "unlisted": service.unlisted and wording.unlisted(service.unlisted),
    }


def _place(service: Service, environment: str) -> dict[str, object]:
    store = parts().store
    live, active = store.deployments.live(service.id, environment), store.deployments.active(service.id, environment)
    coming = [*([active] if active else []), *store.deployments.pending(service.id, environment)]
    return {
        "environment": environment,
        "url": url_of(live),
        "live": live and shown(live),
        "instances": [shown_instance(each) for each in store.instances.of(live.id)] if live else [],
        "coming": [shown(each) for each in coming],
    }


def url_of(live: Deployment | None) -> str | None:
    """Where it serves, if it does."""
    if live is None or live.status not in RUNNING:
        return None
    return parts().settings.public_url(live.service, live.environment, live.definition)
