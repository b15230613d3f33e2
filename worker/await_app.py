"""A fresh server's workers wait until the set-up has made its App; nobody has to start them again."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import structlog

from tidegate import setup_words
from tidegate.settings import Settings
from tidegate.store import StoreDown
from tidegate.store.start import settings_at_start

#: Seconds between two looks.
_PAUSE = 1.0

log = structlog.get_logger(__name__)


def settings_with_app(
    environment: Mapping[str, str], read_file: Callable[[str], str], sleep: Callable[[float], None]
) -> Settings:
    """Waits as long as it takes. Raises SettingsError."""
    told = ""
    while True:
        try:
            settings = settings_at_start(environment, read_file)
        except StoreDown as trouble:
            why = f"the store can't be reached: {trouble}"
        else:
            if settings.github.has_app:
                return settings
            why = setup_words.NOT_SET_UP
        if why != told:
            told = why
            log.warning("waiting for the App", why=why)
        sleep(_PAUSE)
