"""`tidegate up`: the product on this machine against GitHub, by the environment's settings, until told to stop."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from cli import needs, product
from cli.stop import StoppedError, raise_on_signals
from cli.supervisor import NotStartedError, Supervisor
from tidegate import setup, setup_words
from tidegate.settings import Settings, SettingsError
from tidegate.store import StoreDown
from tidegate.store.start import settings_at_start

#: Exit code where something is missing or wrong, before anything was started.
MISSING = 2
DEFAULT_PORT = 8000


def up(environment: Mapping[str, str]) -> int:
    """Runs until SIGINT or SIGTERM; the exit code."""
    own = with_data(environment)
    data = Path(own["TIDEGATE_DATA"])
    embedded = not environment.get("REDIS_URL")
    if embedded:
        own["REDIS_URL"] = f"unix://{product.redis_socket(data)}"
    port = int(own.get("PORT", DEFAULT_PORT))
    own.setdefault("TIDEGATE_WEB", f"127.0.0.1:{port}")
    settings, trouble = read(own)
    wanted = {**needs.PROGRAMS, **(needs.REDIS if embedded else {})}
    trouble += [str(need) for need in (*needs.programs(wanted), *_engines(settings))]
    if settings is None or trouble:
        print("Tidegate can't start. Missing or wrong:\n" + "\n".join(f"  - {each}" for each in trouble))
        return MISSING
    data.mkdir(parents=True, exist_ok=True)
    parts = product.parts(settings, port, own)
    print(f"Tidegate at {settings.url}; services at {settings.service_url('<service>.' + settings.domain)}", flush=True)
    if not settings.github.has_app:
        print(setup_words.set_up_at(setup.link(settings)), flush=True)
    return _run(Supervisor([product.redis(data), *parts] if embedded else parts, data / "log", own, _say))


def with_data(environment: Mapping[str, str]) -> dict[str, str]:
    """The environment, with a directory for the data of its own where none is named, and with the Redis that `up` has
    started there where none is."""
    data = Path(environment.get("TIDEGATE_DATA") or ".tidegate").resolve()
    socket = product.redis_socket(data)
    redis = {"REDIS_URL": f"unix://{socket}"} if not environment.get("REDIS_URL") and socket.exists() else {}
    return {**environment, "TIDEGATE_DATA": str(data), **redis}


def read(environment: Mapping[str, str]) -> tuple[Settings | None, list[str]]:
    """The settings, or what is missing or wrong. Without an App until the set-up has made one."""
    try:
        return settings_at_start(environment, lambda path: Path(path).read_text()), []
    except StoreDown as down:
        return None, [f"the store can't be reached: {down}\n      look at DATABASE_URL and TIDEGATE_DATA"]
    except SettingsError as error:
        return None, [f"{problem.name} {problem.message}\n      {problem.hint}" for problem in error.problems]


def _engines(settings: Settings | None) -> Iterator[needs.Need]:
    """Of this machine alone: another host may be down for a while, and deploys elsewhere go on."""
    for host in settings.hosts if settings else ():
        if host.url.startswith("unix://"):
            yield from needs.engine("--host", host.url)


def _say(line: str) -> None:
    print(line, flush=True)


def _run(supervisor: Supervisor) -> int:
    raise_on_signals()
    try:
        supervisor.run()
    except StoppedError:
        print("stopped")
        return 0
    except NotStartedError as error:
        print(error)
    return 1
