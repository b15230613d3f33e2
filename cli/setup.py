"""`tidegate setup`: the link with which a browser sets a fresh server up; waits until it has an App that is installed.

With the server's environment, on its machine: who can run this can read all that the server keeps.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING

from cli.command import Shown, Told
from cli.onstore import on_store
from cli.trouble import Interrupted, Refused, Usage
from tidegate import setup_words
from tidegate.github import APP_VARIABLES

if TYPE_CHECKING:
    from cli.command import Commands
    from tidegate.settings import Settings
    from tidegate.store import Store

_NOTHING = "Nothing can be set up"
#: Seconds between two looks at the store.
_PAUSE = 1.0


def add_to(commands: Commands) -> None:
    parser = commands.add_parser("setup", help="have GitHub make the App that this server is")
    parser.add_argument("--no-wait", action="store_true", help="print what is next, and end")
    parser.add_argument("--again", action="store_true", help="forget the App that was made, to have another one made")
    parser.set_defaults(run=_run)


def _run(environment: Mapping[str, str], told: Told) -> int:
    try:
        return on_store(_NOTHING, partial(_set_up, environment))(environment, told)
    except Usage as missing:
        then = "Then start the server (script/server), and run this in another terminal, with the same environment."
        raise Usage(f"{missing}\n{then}") from missing


def _set_up(environment: Mapping[str, str], settings: Settings, store: Store, told: Told) -> Shown:
    """What is next is told as it comes."""
    if told.again:
        return _forget(environment, store)
    said: list[str] = []

    def say(line: str) -> None:
        said.append(line)
        print(line, file=sys.stderr if told.json else sys.stdout, flush=True)

    try:
        done = walk(settings, store, say, None if told.no_wait else time.sleep)
    except KeyboardInterrupt:
        raise Interrupted("The set-up goes on in the browser; `tidegate setup` tells again how far it is.") from None
    return Shown({"done": done, "said": said}, [])


def walk(settings: Settings, store: Store, say: Callable[[str], None], sleep: Callable[[float], None] | None) -> bool:
    """Step by step until repositories are known; with `sleep` None it tells the next step, and ends. Whether all is
    done."""
    from tidegate import setup
    from tidegate.settings import Webhooks
    from tidegate.store.start import with_kept_app

    if not settings.github.has_app:
        say(setup_words.set_up_at(setup.link(settings)))
        if settings.webhooks is Webhooks.PUSH and not setup.is_public(settings.url):
            say(f"GitHub can't reach {settings.url}: set TIDEGATE_WEBHOOKS=poll, and restart the server first.")
        if not _until(lambda: with_kept_app(settings, store).github.has_app, sleep):
            return False
    kept = store.own_app.get()
    made = kept if kept and kept.id == with_kept_app(settings, store).github.app_id else None
    say(f"The GitHub App is {made.page}." if made else "The GitHub App is the environment's.")
    if not store.repositories.installations():
        say(f"Install it on repositories: {setup.install_url(made.page)}" if made else "Install it on repositories.")
        if not _until(lambda: bool(store.repositories.installations()), sleep):
            return False
    names = sorted(each.full_name for each in store.repositories.all() if each.gone is None)
    say(
        f"It is installed on {', '.join(names)}. Push a tidegate.yml to one of them; `tidegate doctor` checks the rest."
    )
    return True


def _until(done: Callable[[], bool], sleep: Callable[[float], None] | None) -> bool:
    """False where nobody waits for it."""
    while not done():
        if sleep is None:
            return False
        sleep(_PAUSE)
    return True


def _forget(environment: Mapping[str, str], store: Store) -> Shown:
    if any(environment.get(name, "").strip() for name in APP_VARIABLES):
        raise Refused(f"the App is the environment's: take {', '.join(APP_VARIABLES)} away, and restart the server")
    if not store.own_app.forget():
        raise Refused("there is no App to forget; `tidegate setup` has one made")
    said = "Its keys are forgotten. Delete it at GitHub, restart the server, and run `tidegate setup`."
    return Shown({"done": False, "said": [said]}, [said])
