"""Whether a host can be reached. While it can't, nothing is known of its containers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import structlog

from tidegate import wording
from tidegate.store.instances import Tended
from tidegate.store.timeline import entry_of
from worker.parts import Parts
from worker.ports import Unavailable

log = structlog.get_logger(__name__)


@dataclass
class Reach:
    """`trouble` is what was heard when the host could not be asked; empty while it can be."""

    parts: Parts
    host: str
    trouble: str = ""

    def lost(self, tended: Sequence[Tended], trouble: Unavailable) -> None:
        log.warning("the host can't be reached", host=self.host, trouble=trouble.detail)
        self.trouble = str(trouble)
        self._tell(tended, "host-unreachable", wording.host_unreachable(self.host))

    def is_back(self, tended: Sequence[Tended]) -> bool:
        """Asks the host, where it was lost; true where it answers again."""
        if not self.trouble:
            return False
        try:
            self.parts.hosts.of(self.host).inspect(tended[0].instance.container_id if tended else "nobody")
        except Unavailable as trouble:
            self.trouble = str(trouble)
            return False
        self.trouble = ""
        self._tell(tended, "host-back", wording.host_back(self.host))
        return True

    def _tell(self, tended: Sequence[Tended], kind: str, text: str) -> None:
        """On the timeline of each deployment that is served from there."""
        for deployment_id in sorted({each.instance.deployment_id for each in tended}):
            row = self.parts.store.deployments.get(deployment_id)
            if row is not None:
                self.parts.store.timeline.add(entry_of(row, self.parts.clock.now(), kind, text, "tidegate"))
