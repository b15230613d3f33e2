"""`tidegate scale`: more or fewer instances of what is live, on the machine of the workers, with their environment."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from datetime import UTC, datetime

from cli.up import MISSING, read, with_data
from tidegate import wording
from tidegate.repository import DEPLOY_FILE, Service
from tidegate.scaling import MOST
from tidegate.store import Store, StoreDown, open_store
from tidegate.store.scale import scale as ask

#: On the timeline: who has the workers' keys needs no permission, and has no name.
ACTOR = "the operator"


def scale(environment: Mapping[str, str], name: str, count: int, place: str) -> int:
    """The exit code; what comes of it is printed, what is wrong to stderr."""
    settings, trouble = read(with_data(environment))
    if settings is None:
        print("Nothing can be scaled. Missing or wrong:\n" + "\n".join(f"  - {each}" for each in trouble))
        return MISSING
    store = open_store(settings.database_url, settings.secret_keys)
    try:
        if not store.ready():
            print(f"The store isn't there, or isn't this version's: {settings.data} (TIDEGATE_DATA), DATABASE_URL.")
            return MISSING
        told, done = _scale(store, name, count, place)
    except StoreDown as down:
        told, done = f"the store can't be reached: {down}", False
    finally:
        store.close()
    print(f"{name}: {told}", file=sys.stdout if done else sys.stderr)
    return 0 if done else 1


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
    told = ask(store, named[found[0]], place, count, ACTOR, datetime.now(UTC))
    return (told, True) if told else (f"it was never deployed to `{place}`", False)


def _named(store: Store) -> dict[str, Service]:
    """All services, as owner/repository/name."""
    repositories = {each.id: each.full_name for each in store.repositories.all()}
    services = [each for each in store.services.all() if each.name != DEPLOY_FILE]
    return {f"{repositories[each.repository_id]}/{each.name}": each for each in services}
