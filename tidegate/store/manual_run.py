"""A run by hand is asked for: only a row is written; the watcher starts it."""

from __future__ import annotations

from datetime import datetime

from tidegate import wording
from tidegate.cronrun import CronRun
from tidegate.definition import defined
from tidegate.repository import Service
from tidegate.store.store import Store


class NothingToRun(Exception):
    """The message says why, as a sentence."""


def ask_run(store: Store, service: Service, environment: str, actor: str, at: datetime) -> CronRun:
    """It waits until an active one was stopped, whose place it takes. Raises NothingToRun where what is live isn't of a
    cron service, or nothing is."""
    live = store.deployments.live(service.id, environment)
    known = defined((live and live.definition) or service.definition)
    if known.stays:
        raise NothingToRun(wording.no_cron_service(service.name, known.type))
    if live is None:
        raise NothingToRun(wording.nothing_to_run(service.name, environment))
    return store.cron_runs.ask(live, actor, at)
