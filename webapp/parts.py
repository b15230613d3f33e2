"""What the handlers work with, made once in app.py and found again from the request."""

from __future__ import annotations

from dataclasses import dataclass

from flask import current_app
from redis import Redis

from tidegate.settings import Settings
from tidegate.store import Store
from webapp.limit import Limit
from webapp.metrics import Metrics
from webapp.people import People
from webapp.places import Places
from webapp.rights import Rights, TokenRights
from webapp.session import Sessions
from webapp.workers import Workers

KEY = "tidegate"


@dataclass(frozen=True)
class Parts:
    settings: Settings
    store: Store
    redis: Redis
    metrics: Metrics
    places: Places
    people: People
    rights: Rights
    token_rights: TokenRights
    sessions: Sessions
    workers: Workers
    hook_calls: Limit


def parts() -> Parts:
    found = current_app.extensions[KEY]
    assert isinstance(found, Parts)
    return found
