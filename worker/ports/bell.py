"""What wakes workers for rows that are there already."""

from __future__ import annotations

from typing import Protocol


class Bell(Protocol):
    """Rings for work that is already a row. Never raises: a ring that is lost is rung again by the sweep."""

    def drain(self) -> None:
        """Deliveries are waiting. Many rings before the drain starts are one."""
        ...

    def consider(self, repository_id: int, sha: str) -> None:
        """Waiting rows of this commit want a look."""
        ...

    def deploy(self, deployment_id: str) -> None:
        """A queued deployment may start, or an orphaned one wants resuming."""
        ...

    def build_ahead(self, deployment_id: str) -> None:
        """A waiting deployment's image may be built already."""
        ...

    def report(self) -> None:
        """Some deployment's reported version is behind its recorded one. Many rings are one."""
        ...

    def send(self) -> None:
        """People's addresses are to be told something. Many rings are one."""
        ...

    def catch_up(self) -> None:
        """GitHub is to be asked for what was missed. Many rings are one."""
        ...

    def clean(self) -> None:
        """What nothing needs any more is to be removed. Many rings are one."""
        ...

    def poll(self) -> None:
        """GitHub's list of deliveries is to be read, since none can be sent to us. Many rings are one."""
        ...

    def heard(self, job: str) -> None:
        """Told by a job that many rings are one of, before it looks for its work: a ring from now on is a new one."""
        ...
