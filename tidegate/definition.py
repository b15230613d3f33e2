"""A service's definition as the store keeps it, read into the deploy file's model. That takes 10 MB of a process, so it
is brought in by the first who needs it: a web that only takes webhooks never does."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tidegate.blueprint import Service
    from tidegate.deployment import Deployment
    from tidegate.repository import Service as Row


def defined(kept: Mapping[str, object]) -> Service:
    """`kept`: a row's `definition`."""
    from tidegate.blueprint import Service

    return Service.load(kept)


def in_force(of: Row, live: Deployment | None) -> Service:
    """Of a service what is live runs with; else what its deploy file last had."""
    return defined({"name": of.name, **((live.definition if live else None) or of.definition or {})})
