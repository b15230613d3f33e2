"""`tidegate setup`: the link with which a browser sets a fresh server up; waits until it has an App that is installed.

With the server's environment, on its machine: who can run this can read all that the server keeps.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Mapping

from cli.onstore import NotDone, on_store
from cli.up import MISSING
from tidegate import setup, setup_words
from tidegate.github import APP_VARIABLES
from tidegate.settings import Settings, Webhooks
from tidegate.store import Store
from tidegate.store.start import with_kept_app

_NOTHING = "Nothing can be set up"
#: Seconds between two looks at the store.
_PAUSE = 1.0

Told = argparse.Namespace


def add_to(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser("setup", help="have GitHub make the App that this server is")
    parser.add_argument("--no-wait", action="store_true", help="print what is next, and end")
    parser.add_argument("--again", action="store_true", help="forget the App that was made, to have another one made")
    parser.set_defaults(run=_run)


def _run(environment: Mapping[str, str], told: Told) -> int:
    def act(settings: Settings, store: Store) -> None:
        if told.again:
            _forget(environment, store)
            return
        try:
            walk(settings, store, print, None if told.no_wait else time.sleep)
        except KeyboardInterrupt:
            print("The set-up goes on in the browser; `tidegate setup` tells again how far it is.")

    code = on_store(environment, _NOTHING, act)
    if code == MISSING:
        print("Then start the server (script/server), and run this in another terminal, with the same environment.")
    return code


def walk(settings: Settings, store: Store, say: Callable[[str], None], sleep: Callable[[float], None] | None) -> None:
    """Step by step until repositories are known; with `sleep` None it tells the next step, and ends."""
    if not settings.github.has_app:
        say(setup_words.set_up_at(setup.link(settings)))
        if settings.webhooks is Webhooks.PUSH and not setup.is_public(settings.url):
            say(f"GitHub can't reach {settings.url}: set TIDEGATE_WEBHOOKS=poll, and restart the server first.")
        if not _until(lambda: with_kept_app(settings, store).github.has_app, sleep):
            return
    kept = store.own_app.get()
    made = kept if kept and kept.id == with_kept_app(settings, store).github.app_id else None
    say(f"The GitHub App is {made.page}." if made else "The GitHub App is the environment's.")
    if not store.repositories.installations():
        say(f"Install it on repositories: {setup.install_url(made.page)}" if made else "Install it on repositories.")
        if not _until(lambda: bool(store.repositories.installations()), sleep):
            return
    names = sorted(each.full_name for each in store.repositories.all() if each.gone is None)
    say(
        f"It is installed on {', '.join(names)}. Push a tidegate.yml to one of them; `tidegate doctor` checks the rest."
    )


def _until(done: Callable[[], bool], sleep: Callable[[float], None] | None) -> bool:
    """False where nobody waits for it."""
    while not done():
        if sleep is None:
            return False
        sleep(_PAUSE)
    return True


def _forget(environment: Mapping[str, str], store: Store) -> None:
    if any(environment.get(name, "").strip() for name in APP_VARIABLES):
        raise NotDone(f"the App is the environment's: take {', '.join(APP_VARIABLES)} away, and restart the server")
    if not store.own_app.forget():
        raise NotDone("there is no App to forget; `tidegate setup` has one made")
    print("Its keys are forgotten. Delete it at GitHub, restart the server, and run `tidegate setup`.")
