"""`tidegate rotate`: all that is kept encrypted is so with the first of the keys from now on, and the others can go."""

from __future__ import annotations

from collections.abc import Mapping

from cli.onstore import NotDone, on_store
from tidegate.settings import Settings
from tidegate.store import CannotOpen, Store


def rotate(environment: Mapping[str, str]) -> int:
    """The exit code. Runs with the workers' environment, once they all have the new key."""

    def act(_: Settings, store: Store) -> None:
        try:
            store.rotate()
        except CannotOpen as why:
            raise NotDone(f"Nothing was changed: {why}.") from why
        print("All is encrypted with the first key of TIDEGATE_SECRET_KEY. The others can be dropped.")

    return on_store(environment, "Nothing can be encrypted", act)
