"""What a process starts with: the environment's settings, and the store's App where the environment names none."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from tidegate.environment import SettingsProblem
from tidegate.github import APP_VARIABLES
from tidegate.settings import Settings, SettingsError
from tidegate.store.seal import CannotOpen
from tidegate.store.store import Store, open_store


def settings_at_start(environment: Mapping[str, str], read_file: Callable[[str], str]) -> Settings:
    """Its `github.has_app` is False until the set-up has made an App. An App in the environment, even a part of one,
    counts alone. Raises SettingsError with all problems, and StoreDown where an App would be in the store."""
    if any(environment.get(name, "").strip() for name in APP_VARIABLES):
        return Settings.from_env(environment, read_file)
    settings = Settings.from_env(environment, read_file, app=False)
    store = open_store(settings.database_url, settings.secret_keys)
    try:
        return with_kept_app(settings, store)
    finally:
        store.close()


def with_kept_app(settings: Settings, store: Store) -> Settings:
    """As they were, where none is kept. Raises SettingsError where it is there and can't be used, and StoreDown."""
    try:
        app = store.own_app.get()
    except CannotOpen as closed:
        raise _problem("TIDEGATE_SECRET_KEY", "doesn't open the App's keys", str(closed)) from closed
    if app is None:
        return settings
    if app.api_url != settings.github.api_url:
        raise _problem(
            "GITHUB_API_URL",
            f"isn't where this server's App was made, {app.api_url}",
            "set it back, or have another App made after `tidegate setup --again`",
        )
    return replace(settings, github=settings.github.with_app(app))


def _problem(name: str, message: str, hint: str) -> SettingsError:
    return SettingsError((SettingsProblem(name, message, hint),))
