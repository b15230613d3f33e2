"""`python -m worker pool | watch | router | release | certificates`: the job workers, the watcher, the proxy, the
migrations before a release, and one pass of asking for certificates; each by the environment's settings."""

from __future__ import annotations

import argparse
import os
import sys
import time
from pathlib import Path

from tidegate import arenas
from tidegate.settings import Settings, SettingsError
from worker import journal


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m worker", description=__doc__)
    parser.add_argument("what", choices=["pool", "watch", "router", "release", "certificates"])
    what = parser.parse_args().what
    try:
        settings = _settings(what)
    except SettingsError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    journal.configure(as_json=settings.json_logs)
    arenas.few()
    modes = {"pool": _pool, "watch": _watch, "router": _router, "release": _release, "certificates": _certificates}
    modes[what](settings)
    return 0


def _settings(what: str) -> Settings:
    def read(path: str) -> str:
        return Path(path).read_text()

    if what in {"router", "certificates"}:  # whatever the App, and whether or not there is a store
        return Settings.from_env(os.environ, read, app=False)
    # Later, since the router is to be there soon.
    from tidegate.store.start import settings_at_start
    from worker.await_app import settings_with_app

    if what == "release":  # before which there may be no store to find an App in
        return settings_at_start(os.environ, read)
    return settings_with_app(os.environ, read, time.sleep)


def _pool(settings: Settings) -> None:
    from worker import jobs, wiring  # noqa: F401 - imported before the fork, so that the children share it
    from worker.github import app  # noqa: F401 - the same
    from worker.hosts.buildkit import find_command
    from worker.pool import Pool, work

    wiring.configure(settings)
    find_command()  # found once, before the fork, rather than by each worker's first build
    Pool(settings, lambda process: work(settings, process)).run()


def _watch(settings: Settings) -> None:
    from worker import wiring
    from worker.watch import Watch

    wiring.configure(settings)
    watch = Watch(wiring.parts())
    arenas.give_back()
    watch.run()


def _router(settings: Settings) -> None:
    from worker.router.certificates import Unusable
    from worker.router.process import become

    router = settings.router
    try:
        become(Path(router.directory), router.bind, router.tls)
    except (FileNotFoundError, Unusable) as missing:
        sys.exit(str(missing))


def _release(settings: Settings) -> None:
    from tidegate.store import open_store

    store = open_store(settings.database_url, settings.secret_keys)
    store.migrate()
    store.close()


def _certificates(settings: Settings) -> None:
    from tidegate.store import open_store
    from worker.certify import ask
    from worker.clock import SystemClock

    store = open_store(settings.database_url, settings.secret_keys)
    ask(store, settings, SystemClock())
    store.close()


if __name__ == "__main__":
    sys.exit(main())
