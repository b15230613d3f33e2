"""What a command does on the workers' machine with their store."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from cli.command import Run, Shown, Told, tell
from cli.trouble import Refused, Usage
from tidegate.audit import About, Asked, Via
from tidegate.permission import OPERATOR

if TYPE_CHECKING:
    from tidegate.settings import Settings
    from tidegate.store import Store

#: Raises Trouble.
Act = Callable[["Settings", "Store", Told], Shown]


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
    from tidegate.store import CannotOpen, StoreDown, open_store

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
    from cli.up import read, with_data

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


def record(store: Store, action: str, detail: str) -> None:
    """On the audit log: what the operator has done, or is about to have done."""
    store.audit.add(Asked(datetime.now(UTC), OPERATOR, Via.COMMAND, action, detail, About()))
