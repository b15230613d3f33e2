"""What a command does on the workers' machine with their store, and which service is meant by a name."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from datetime import UTC, datetime

from cli.up import MISSING, read, with_data
from tidegate import wording
from tidegate.audit import About, Asked, Via
from tidegate.permission import OPERATOR
from tidegate.repository import DEPLOY_FILE, Service
from tidegate.settings import Settings
from tidegate.store import CannotOpen, Store, StoreDown, open_store

#: Prints what comes of it. Raises NotDone.
Act = Callable[[Settings, Store], None]


class NotDone(Exception):
    """The message says why, and what to do."""


def on_store(environment: Mapping[str, str], nothing: str, act: Act) -> int:
    """The exit code; what is wrong goes to stderr. `nothing`: what can't be done where settings are missing."""
    settings, trouble = read(with_data(environment))
    if settings is None:
        print(f"{nothing}. Missing or wrong:\n" + "\n".join(f"  - {each}" for each in trouble))
        return MISSING
    store = open_store(settings.database_url, settings.secret_keys)
    try:
        if not store.ready():
            print(f"The store isn't there, or isn't this version's: {settings.data} (TIDEGATE_DATA), DATABASE_URL.")
            return MISSING
        act(settings, store)
    except (NotDone, CannotOpen, StoreDown) as why:
        print(f"the store can't be reached: {why}" if isinstance(why, StoreDown) else why, file=sys.stderr)
        return 1
    finally:
        store.close()
    return 0


def record(
    store: Store, action: str, detail: str = "", service: Service | None = None, place: str | None = None
) -> None:
    """On the audit log: what the operator has done, or is about to have done."""
    about = About(service.repository_id, service.name, place) if service else About()
    store.audit.add(Asked(datetime.now(UTC), OPERATOR, Via.COMMAND, action, detail, about))


def named(store: Store) -> dict[str, Service]:
    """All services, as owner/repository/name."""
    repositories = {each.id: each.full_name for each in store.repositories.all()}
    services = [each for each in store.services.all() if each.name != DEPLOY_FILE]
    return {f"{repositories[each.repository_id]}/{each.name}": each for each in services}


def meant(store: Store, name: str) -> Service:
    """By its name, as owner/repository/name where several repositories have one. Raises NotDone."""
    known = named(store)
    found = [full for full in known if full == name or full.rpartition("/")[2] == name]
    if len(found) > 1:
        raise NotDone(f"{name}: which one? {', '.join(sorted(found))}")
    if not found:
        raise NotDone(f"{name}: {wording.no_such_service(name, known)}")
    return known[found[0]]
