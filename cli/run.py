"""`tidegate run`: a cron service's run by hand, on the machine of the workers, with their environment."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from cli.onstore import NotDone, meant, on_store, record
from tidegate.permission import OPERATOR, Action
from tidegate.settings import Settings
from tidegate.store import Store
from tidegate.store.manual_run import NothingToRun, ask_run


def run(environment: Mapping[str, str], name: str, place: str) -> int:
    """The exit code; which run it is is printed, what is wrong to stderr. The watcher starts it."""

    def act(_: Settings, store: Store) -> None:
        service = meant(store, name)
        try:
            with store.together():
                record(store, Action.RUN, "", service, place)
                asked = ask_run(store, service, place, OPERATOR, datetime.now(UTC))
        except NothingToRun as no:
            raise NotDone(f"{name}: {no}") from no
        print(f"{name}: run {asked.id} begins at once, or as soon as the one before it was stopped")

    return on_store(environment, "Nothing can be run", act)
