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

#: (kind, value).
Kept = tuple[str, str]
#: The kind of a variable that anybody may read; the others' values are shown to nobody.
PLAIN = "plain"


@dataclass
class Shelf:
    """A preview has its own; of production's it gets the plain ones, and of the secret ones those that are marked for
    it. A stranger's preview gets no secret of production, however it is marked: the marks may be the stranger's own."""

    parts: Parts
    deployment: Deployment
    _read: dict[tuple[str, str], Mapping[str, Kept]] = field(default_factory=dict)

    def own(self) -> Mapping[str, Kept]:
        """What was set or generated for the service itself, in this environment."""
        return self._of(self.deployment.service, self.deployment.environment)

    def plain(self) -> dict[str, Kept]:
        """What a preview has from production though its deploy file doesn't name it."""
        if self._number is None:
            return {}
        production = self._of(self.deployment.service, PRODUCTION)
        return {name: kept for name, kept in production.items() if kept[0] == PLAIN}

    def find(self, wanted: EnvVar) -> Kept | None:
        """Set here; else written in the file; else copied from production; else generated, once. None: nowhere yet."""
        holders = (Origin(service=self.deployment.service, key=wanted.key), *wanted.origins)
        for each in holders:
            kept = self._of(each.service, self.deployment.environment).get(each.key)
            if kept is not None:
                return kept
        written = wanted.written(preview=self._number is not None)
        if written is not None:
            return PLAIN, written
        if ADDRESSES.get(holders[-1].key) == "url":
            return PLAIN, self._url(holders[-1].service)
        if self._number is not None:
            for each in holders:
                copied = self._of(each.service, PRODUCTION).get(each.key)
                if copied is not None and (copied[0] == PLAIN or (wanted.copied and self._trusted())):
                    return copied
        return self._generated(holders[-1]) if wanted.generate else None

    @property
    def _number(self) -> int | None:
        return preview.number_of(self.deployment.environment)

    def _of(self, service: str, environment: str) -> Mapping[str, Kept]:
        place = (service, environment)
        if place not in self._read:
            found = self._service(service)
            self._read[place] = {} if found is None else {**self.parts.store.variables.of(found, environment)}
        return self._read[place]

    def _service(self, name: str) -> int | None:
        """Its id; None: nothing of it was ever looked at."""
        if name == self.deployment.service:
            return self.deployment.service_id
        found = self.parts.store.services.by_name(self.deployment.repository_id, name)
        return found.id if found else None

    def _trusted(self) -> bool:
        assert self._number is not None
        record = self.parts.store.previews.get(self.deployment.repository_id, self._number)
        return record is not None and not record.fork

    def _url(self, service: str) -> str:
        host = hostname.default_host(service, self.deployment.environment, self.parts.settings.domain)
        return self.parts.settings.service_url(host)

    def _generated(self, holder: Origin) -> Kept:
        """Whoever needs it first makes it: that may be another service than it is of, which is made known then."""
        store, place = self.parts.store, self.deployment
        service = self._service(holder.service)
        if service is None:
            service = store.services.known(place.repository_id, holder.service, {}).id
        value = secrets.token_urlsafe(32)
        kept = store.variables.generate(service, place.environment, holder.key, value, self.parts.clock.now())
        return "generated", kept
