"""`tidegate scale`: more or fewer instances of what is live, on the machine of the workers, with their environment."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from cli.onstore import NotDone, meant, on_store, record
from tidegate.permission import OPERATOR, Action
from tidegate.scaling import MOST
from tidegate.settings import Settings
from tidegate.store import Store
from tidegate.store.scale import Unscalable
from tidegate.store.scale import scale as ask


def scale(environment: Mapping[str, str], name: str, count: int, place: str) -> int:
    """The exit code; what comes of it is printed, what is wrong to stderr."""

    def act(_: Settings, store: Store) -> None:
        if not 1 <= count <= MOST:
            raise NotDone(f"{name}: the number of instances is from 1 to {MOST}")
        service = meant(store, name)
        try:
            with store.together():
                record(store, Action.SCALE, f"to {count}", service, place)
                told = ask(store, service, place, count, OPERATOR, datetime.now(UTC))
                if not told:
                    raise NotDone(f"{name}: it was never deployed to `{place}`")
        except Unscalable as no:
            raise NotDone(f"{name}: {no}") from no
        print(f"{name}: {told}")

    return on_store(environment, "Nothing can be scaled", act)
