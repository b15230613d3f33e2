"""Where the values of a deployment's variables are looked for, in their order."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field

from tidegate import hostname, preview
from tidegate.blueprint import EnvVar
from tidegate.blueprint.variable import ADDRESSES, Origin
from tidegate.deployment import Deployment
from tidegate.repository import PRODUCTION
from worker.parts import Parts
from worker.trusted import trusted

#: (kind, value).
Kept = tuple[str, str]
#: The kind of a variable that anybody may read; the others' values are shown to nobody.
PLAIN = "plain"
_GENERATED = "generated"


@dataclass
class Shelf:
    """A preview has its own; of production's it gets the plain ones, and of the secret ones those that are marked for
    it. A stranger's preview gets no secret of production, however it is marked: the marks may be the stranger's own."""

    parts: Parts
    deployment: Deployment
    _read: dict[tuple[str | None, str | None, str], Mapping[str, Kept]] = field(default_factory=dict)

    def own(self) -> Mapping[str, Kept]:
        """What was set or generated for the service itself, in this environment."""
        return self._of(self._self, self.deployment.environment)

    def plain(self) -> dict[str, Kept]:
        """What a preview has from production though its deploy file doesn't name it."""
        if self._number is None:
            return {}
        production = self._of(self._self, PRODUCTION)
        return {name: kept for name, kept in production.items() if kept[0] == PLAIN}

    def find(self, wanted: EnvVar) -> Kept | None:
        """Set here; else written in the file; else copied from production; else generated, once. None: nowhere yet."""
        holders = (self._self.model_copy(update={"key": wanted.key}), *wanted.origins)
        for each in holders:
            kept = self._of(each, self.deployment.environment).get(each.key)
            if kept is not None:
                return kept
        written = wanted.written(preview=self._number is not None)
        if written is not None:
            return PLAIN, written
        last = holders[-1]
        if last.service is not None and ADDRESSES.get(last.key) == "url":
            return PLAIN, self._url(last.service)
        if self._number is not None:
            for each in holders:
                copied = self._of(each, PRODUCTION).get(each.key)
                if copied is not None and (
                    copied[0] == PLAIN or (wanted.copied and trusted(self.parts, self.deployment))
                ):
                    return copied
        return self._generated(last) if wanted.generate else None

    @property
    def _number(self) -> int | None:
        return preview.number_of(self.deployment.environment)

    @property
    def _self(self) -> Origin:
        return Origin(service=self.deployment.service, key="")

    def _of(self, holder: Origin, environment: str) -> Mapping[str, Kept]:
        place = (holder.service, holder.group, environment)
        if place not in self._read:
            self._read[place] = self._kept(holder, environment)
        return self._read[place]

    def _kept(self, holder: Origin, environment: str) -> Mapping[str, Kept]:
        store = self.parts.store
        if holder.group is not None:
            values = store.group_variables.of(self.deployment.repository_id, holder.group, environment)
            return {name: (_GENERATED, value) for name, value in values.items()}
        service = self._service(holder.service or "")
        return {} if service is None else {**store.variables.of(service, environment)}

    def _service(self, name: str) -> int | None:
        """Its id; None: nothing of it was ever looked at."""
        if name == self.deployment.service:
            return self.deployment.service_id
        found = self.parts.store.services.by_name(self.deployment.repository_id, name)
        return found.id if found else None

    def _url(self, service: str) -> str:
        host = hostname.default_host(service, self.deployment.environment, self.parts.settings.domain)
        return self.parts.settings.service_url(host)

    def _generated(self, holder: Origin) -> Kept:
        """Whoever needs it first makes it: that may be another service than it is of, which is made known then."""
        store, place, now = self.parts.store, self.deployment, self.parts.clock.now()
        value = secrets.token_urlsafe(32)
        if holder.group is not None:
            own = (place.repository_id, holder.group, place.environment)
            return _GENERATED, store.group_variables.generate(*own, holder.key, value, now)
        name = holder.service or ""
        service = self._service(name) or store.services.known(place.repository_id, name, {}).id
        return _GENERATED, store.variables.generate(service, place.environment, holder.key, value, now)
