"""`tidegate rotate`: all that is kept encrypted is so with the first of the keys from now on, and the others can go."""

from __future__ import annotations

from collections.abc import Mapping

from cli.up import MISSING, read, with_data
from tidegate.store import CannotOpen, StoreDown, open_store


def rotate(environment: Mapping[str, str]) -> int:
    """The exit code. Runs with the workers' environment, once they all have the new key."""
    settings, trouble = read(with_data(environment))
    if settings is None:
        print("Nothing can be encrypted. Missing or wrong:\n" + "\n".join(f"  - {each}" for each in trouble))
        return MISSING
    store = open_store(settings.database_url, settings.secret_keys)
    try:
        if not store.ready():
            print(f"The store isn't there, or isn't this version's: {settings.data} (TIDEGATE_DATA), DATABASE_URL.")
            return MISSING
        store.rotate()
    except CannotOpen as trouble_with_it:
        print(f"Nothing was changed: {trouble_with_it}.")
        return 1
    except StoreDown as down:
        print(f"The store can't be reached: {down}")
        return 1
    finally:
        store.close()
    print("All is encrypted with the first key of TIDEGATE_SECRET_KEY. The others can be dropped.")
    return 0
