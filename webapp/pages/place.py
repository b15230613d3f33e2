"""A service in one of its environments: what all of its pages begin with, and what its visitor may do there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cached_property
from http import HTTPStatus
from typing import TYPE_CHECKING

from flask import request

from tidegate import freeze, preview, scaling, wording
from tidegate.definition import in_force
from tidegate.deployment import Deployment
from tidegate.freeze import Freeze
from tidegate.permission import NEEDED, Action
from tidegate.repository import DEPLOY_FILE, PRODUCTION, Environment, Repository, Service
from webapp.parameters import keep_body
from webapp.parts import Parts, parts
from webapp.problem import Problem
from webapp.viewer import viewer

if TYPE_CHECKING:
    from tidegate.blueprint import Service as Definition

#: (name, end of the path), in their order; runs are of cron services only.
_TABS = (
    ("Overview", ""),
    ("Deployments", "/deployments"),
    ("Events", "/events"),
    ("Runs", "/runs"),
    ("Variables", "/variables"),
    ("Settings", "/settings"),
)


@dataclass(frozen=True)
class Place:
    """`environments`: all of the service, production first. `may` tells by an action's name."""

    made: Parts = field(repr=False)
    service: Service
    repository: Repository
    environment: str
    environments: tuple[Environment, ...]
    may: Callable[[str], bool]

    @cached_property
    def live(self) -> Deployment | None:
        return self.made.store.deployments.live(self.service.id, self.environment)

    @cached_property
    def coming(self) -> list[Deployment]:
        """What is under way first, then what waits, the newest first."""
        store = self.made.store.deployments
        active = store.active(self.service.id, self.environment)
        return [*([active] if active else []), *store.pending(self.service.id, self.environment)]

    @cached_property
    def definition(self) -> Definition:
        """Of what is live; else as the deploy file last had it."""
        return in_force(self.service, self.live)

    @property
    def here(self) -> Environment | None:
        return next((each for each in self.environments if each.name == self.environment), None)

    @property
    def instances_wanted(self) -> int:
        asked = self.here.scaling if self.here else None
        return scaling.wanted(self.definition.num_instances, asked, self.definition.most_instances)

    @property
    def is_preview(self) -> bool:
        return self.environment != PRODUCTION

    @property
    def pull(self) -> int | None:
        return preview.number_of(self.environment)

    @property
    def on_github(self) -> str:
        return f"{self.made.settings.github.web_url}/{self.repository.full_name}"

    @property
    def url(self) -> str | None:
        """Where it serves, if it does."""
        live = self.live
        return self.made.settings.public_url(live.service, live.environment, live.definition) if live else None

    @property
    def domains(self) -> tuple[str, ...]:
        """Beside the default one; previews have none."""
        if self.is_preview or self.live is None:
            return ()
        return tuple(self.made.settings.service_url(each) for each in self.definition.domains)

    @cached_property
    def freezes(self) -> list[Freeze]:
        """Those that hold for it somewhere, the widest first."""
        found = self.made.store.freezes.of_repository(self.repository.id)
        return [each for each in found if each.service in {None, self.service.name}]

    @property
    def frozen(self) -> Freeze | None:
        """What holds here."""
        return freeze.frozen(self.freezes, self.service.name, self.environment)

    @property
    def removed(self) -> str | None:
        """Nothing of it runs anywhere, or is about to."""
        there = any(each.removed is None for each in self.environments)
        return None if there or self.service.name == DEPLOY_FILE else wording.SERVICE_REMOVED

    @property
    def tabs(self) -> list[tuple[str, str, bool]]:
        """(name, path, whether it is this page)."""
        base = f"/services/{self.service.id}"
        known = [each for each in _TABS if each[0] != "Runs" or self.definition.type == "cron"]
        return [(name, self.path(end), request.path == base + end) for name, end in known]

    def again(self, may: Callable[[str], bool]) -> Place:
        """As the store has it now, for the same visitor, whose rights are told: there may be no request any more."""
        service = self.made.store.services.get(self.service.id) or self.service
        return replace(self, service=service, may=may)

    def path(self, end: str = "", environment: str | None = None) -> str:
        """Of the service's page that ends so, of the same environment or another."""
        name = environment or self.environment
        return f"/services/{self.service.id}{end}" + (f"?environment={name}" if name != PRODUCTION else "")

    def who_may(self, action: str) -> str:
        return NEEDED[Action(action)].name.lower()


def place(service_id: int, environment: str | None = None, *, gone: bool = False) -> Place:
    """For this request's viewer; `environment` as the query or the form has it, which may be `gone` where what is left
    of it is looked at. Raises Problem."""
    service, repository = viewer().service(service_id)
    keep_body()
    told = environment or request.values.get("environment") or PRODUCTION
    store = parts().store
    there = store.environments.of_service(service.id)
    there.sort(key=lambda each: (each.name != PRODUCTION, -(preview.number_of(each.name) or 0)))
    if not gone and told != PRODUCTION and told not in {each.name for each in there}:
        raise Problem(HTTPStatus.NOT_FOUND, f"{service.name} has no environment `{told[:100]}`, or no longer.")
    may = viewer().may
    return Place(parts(), service, repository, told, tuple(there), lambda action: may(Action(action), repository))
