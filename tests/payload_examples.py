"""GitHub's own example payloads: npm's `@octokit/webhooks-examples`, fetched once into `.cache/`."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from tests import npm

VERSION = "7.6.1"
CACHE = Path(__file__).parents[1] / ".cache" / "webhooks"


@dataclass(frozen=True)
class Example:
    """`event` as in the header X-GitHub-Event; `number` counts the examples of an event from 0."""

    event: str
    number: int
    payload: dict[str, Any]

    def __str__(self) -> str:
        return f"{self.event}-{self.payload.get('action', '')}-{self.number}"


@cache
def examples() -> tuple[Example, ...]:
    """All of them (329 in this version). Callers don't change a payload."""
    found = json.loads(_index().read_text())
    return tuple(
        Example(kind["name"], number, payload) for kind in found for number, payload in enumerate(kind["examples"])
    )


def _index() -> Path:
    """The JSON file of all examples, downloaded when it isn't here yet."""
    kept = CACHE / f"examples-{VERSION}.json"
    return npm.fetch(f"@octokit/webhooks-examples@{VERSION}", "api.github.com/index.json", kept)
