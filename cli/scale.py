"""`tidegate scale`: more or fewer instances of what is live, on the machine of the workers, with their environment."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from cli.up import MISSING, read, with_data
from tidegate import wording
from tidegate.repository import DEPLOY_FILE, Service
from tidegate.scaling import MOST, Unscalable
from tidegate.store import Store, StoreDown, open_store
from tidegate.store.scale import scale as ask


def scale(environment: Mapping[str, str], name: str, count: int, place: str) -> int:
    """The exit code; what comes of it is printed, what is wrong to stderr."""

    def act(_: Settings, store: Store) -> None:
        if not 1 <= count <= MOST:
            raise NotDone(f"{name}: the number of instances is from 1 to {MOST}")
        try:
            told = ask(store, meant(store, name), place, count, OPERATOR, datetime.now(UTC))
        except Unscalable as no:
            raise NotDone(f"{name}: {no}") from no
        if not told:
            raise NotDone(f"{name}: it was never deployed to `{place}`")
        print(f"{name}: {told}")

def _scale(store: Store, name: str, count: int, place: str) -> tuple[str, bool]:
    """What comes of it, and whether it was done."""
    if not 1 <= count <= MOST:
        return f"the number of instances is from 1 to {MOST}", False
    named = _named(store)
    found = [full for full in named if full == name or full.rpartition("/")[2] == name]
    if len(found) > 1:
        return f"which one? {', '.join(sorted(found))}", False
    if not found:
        return wording.no_such_service(name, named), False
    try:
        told = ask(store, named[found[0]], place, count, ACTOR, datetime.now(UTC))
    except Unscalable as no:
        return str(no), False
    return (told, True) if told else (f"it was never deployed to `{place}`", False)


def _named(store: Store) -> dict[str, Service]:
    """All services, as owner/repository/name."""
    repositories = {each.id: each.full_name for each in store.repositories.all()}
    services = [each for each in store.services.all() if each.name != DEPLOY_FILE]
    return {f"{repositories[each.repository_id]}/{each.name}": each for each in services}
