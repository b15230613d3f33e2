"""What services use: the minutes of their builds and pre-deploy commands, and the disks that they asked for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from flask import Blueprint, render_template, request

from tidegate.definition import defined
from tidegate.deployment import Step
from tidegate.repository import Repository, Service
from webapp.pages.overview import asked_for
from webapp.parts import parts
from webapp.viewer import viewer

if TYPE_CHECKING:
    from tidegate.blueprint.model import Disk

blueprint = Blueprint("usage", __name__)

_PAGE = 50
_DAYS = 30


@dataclass(frozen=True)
class Used:
    """In the last days."""

    service: Service
    repository: Repository
    build: timedelta
    pre_deploy: timedelta
    disk: Disk | None


@blueprint.get("/usage")
def index() -> str:
    """Query: `page`, from 1."""
    store, (page, words) = parts().store, asked_for(request)
    found = store.glances.services(viewer().given(), words, (page - 1) * _PAGE, _PAGE + 1)
    shown, more = found[:_PAGE], len(found) > _PAGE
    since = datetime.now(UTC) - timedelta(days=_DAYS)
    seconds = store.phases.metered_of([each.id for each in shown], since)
    repositories = {each.id: each for each in store.repositories.some({each.repository_id for each in shown})}

    def used(service: Service) -> Used:
        took = seconds.get(service.id, {})
        build, before = (timedelta(seconds=took.get(step, 0.0)) for step in (Step.BUILD, Step.PRE_DEPLOY))
        return Used(service, repositories[service.repository_id], build, before, defined(service.definition).disk)

    services = [used(each) for each in shown]
    total = sum((each.build + each.pre_deploy for each in services), timedelta())
    return render_template("usage.html", services=services, total=total, days=_DAYS, page=page, more=more)
