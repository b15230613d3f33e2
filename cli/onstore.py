"""What a command does on the workers' machine with their store, and which service is meant by a name."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime

from cli.command import Run, Shown, Told, tell
from cli.trouble import Refused, Usage
from cli.up import read, with_data
from tidegate import wording
from tidegate.audit import About, Asked, Via
from tidegate.permission import OPERATOR
from tidegate.repository import DEPLOY_FILE, Service
from tidegate.settings import Settings
from tidegate.store import CannotOpen, Store, StoreDown, open_store

#: Raises Trouble.
Act = Callable[[Settings, Store, Told], Shown]


def on_store(nothing: str, act: Act) -> Run:
    """`nothing`: what can't be done where settings are missing."""

    def run(environment: Mapping[str, str], told: Told) -> int:
        with opened(environment, nothing) as (settings, store):
            return tell(told, act(settings, store, told))

    return run


def is_here(environment: Mapping[str, str]) -> bool:
    """Whether this is the workers' environment. A token that is told beside it says that a server is to be asked."""
    return bool(environment.get("TIDEGATE_SECRET_KEY")) and not environment.get("TIDEGATE_TOKEN")


def here_or_there(here: Run, there: Run) -> Run:
    """`here`: on the workers' machine, with their environment; `there`: everywhere else."""

    def run(environment: Mapping[str, str], told: Told) -> int:
        return (here if is_here(environment) else there)(environment, told)

    return run


@contextmanager
def opened(environment: Mapping[str, str], nothing: str) -> Iterator[tuple[Settings, Store]]:
    """The workers' settings and store. Raises Usage where they aren't there, and Refused where the store breaks off."""
    settings = settings_of(environment, nothing)
    store = open_store(settings.database_url, settings.secret_keys)
    try:
        demand_ready(settings, store)
        yield settings, store
    except CannotOpen as why:
        raise Refused(str(why)) from why
    except StoreDown as why:
        raise Refused(f"the store can't be reached: {why}") from why
    finally:
        store.close()


def settings_of(environment: Mapping[str, str], nothing: str) -> Settings:
    """Raises Usage, with all that is missing or wrong."""
    settings, trouble = read(with_data(environment))
    if settings is None:
        takes = "It takes the workers' environment, on their machine. Missing or wrong:\n"
        raise Usage(f"{nothing}. {takes}" + "\n".join(f"  - {each}" for each in trouble))
    return settings


def demand_ready(settings: Settings, store: Store) -> None:
    """Raises Usage."""
    if not store.ready():
        where = f"{settings.data} (TIDEGATE_DATA), DATABASE_URL"
        raise Usage(f"The store isn't there, or isn't this version's: {where}.")


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
    """By its name, as owner/repository/name where several repositories have one. Raises Refused."""
    known = named(store)
    found = [full for full in known if full == name or full.rpartition("/")[2] == name]
    if len(found) > 1:
        raise Refused(f"{name}: which one? {', '.join(sorted(found))}")
    if not found:
        raise Refused(f"{name}: {wording.no_such_service(name, known)}")
    return known[found[0]]
