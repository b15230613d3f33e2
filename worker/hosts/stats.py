"""What containers use of their host, as the engine counts it for `docker stats`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import requests
from docker.errors import NotFound

from tidegate.gauge import Counters
from worker.hosts.connection import Connection

_NANOSECOND = 1e-9
_INSTANCES = {"label": ["tidegate.deployment", "tidegate.role=instance"]}


def counters(connection: Connection) -> dict[str, Counters]:
    """As ports.Engine.counters. One question each, which the engine answers at once (`one-shot`)."""
    found: dict[str, Counters] = {}
    with connection.translated():
        client = connection.client()
        for entry in client.containers(filters=_INSTANCES):
            try:
                told = client.stats(entry["Id"], stream=False, one_shot=True)
            except (NotFound, requests.JSONDecodeError):  # of one that ends just then the engine says nothing at all
                continue
            counted = _read(told)
            if counted is not None:
                found[str(entry["Id"])] = counted
    return found


def _read(told: Mapping[str, Any]) -> Counters | None:
    """Of https://docs.docker.com/reference/api/engine/ (ContainerStats); None: it has just ended."""
    cpu, memory = told.get("cpu_stats") or {}, told.get("memory_stats") or {}
    if "usage" not in memory:
        return None
    # As `docker stats` counts it: what is only cached can be had back. cgroup v1 names it otherwise.
    detail = memory.get("stats") or {}
    cached = detail.get("inactive_file", detail.get("total_inactive_file", 0))
    used = (cpu.get("cpu_usage") or {}).get("total_usage", 0)
    return Counters(used * _NANOSECOND, max(memory["usage"] - cached, 0))
