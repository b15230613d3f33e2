"""A rehearsal: the whole product beside a stand-in GitHub, on this machine alone; for the demo and the tests."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from cryptography.fernet import Fernet

from cli import product, stage
from cli.ports import free_port
from cli.supervisor import Supervisor, supervised
from standin.client import StandIn
from tidegate.settings import Settings
from tidegate.store.start import settings_at_start

#: What a process needs of the machine; a DATABASE_URL that happens to be set is not the rehearsal's business.
_MACHINE = frozenset({"PATH", "HOME", "LANG", "TMPDIR", "DOCKER_HOST", "DOCKER_CERT_PATH", "DOCKER_TLS_VERIFY"})


@dataclass(frozen=True)
class Rehearsal:
    """`port` is the router's; `github` the stand-in's control; `parts` the product's processes."""

    settings: Settings
    port: int
    github: StandIn
    parts: Supervisor


@contextmanager
def rehearsal(
    place: Path,
    environment: Mapping[str, str],
    overrides: Mapping[str, str],
    say: Callable[[str], None],
    options: Sequence[str] = (),
) -> Iterator[Rehearsal]:
    """Up, on free ports, until the end of the block. Everything is kept in the empty directory `place`.

    Processes get what of `environment` is the machine's, our settings, and `overrides`, which win. `options` are the
    stand-in's.
    NotStartedError where a part doesn't get ready.
    """
    web, routed, github = free_port(), free_port(), free_port()
    machine = {name: value for name, value in environment.items() if name in _MACHINE}
    logs = place / "log"
    with ExitStack() as stack:
        hub = stage.part(github, place, f"http://localhost:{web}", f"http://127.0.0.1:{web}", options)
        stack.enter_context(supervised(Supervisor([hub], logs, machine, say)))
        own = {**machine, **_settings(place, web, routed), **stage.settings(place), **overrides}
        settings = settings_at_start(own, lambda path: Path(path).read_text())
        parts = Supervisor([product.redis(place), *product.parts(settings, web, own)], logs, machine, say)
        stack.enter_context(supervised(parts))
        control = StandIn(settings.github.web_url)
        stack.callback(control.close)
        yield Rehearsal(settings, routed, control, parts)


def _settings(place: Path, web: int, routed: int) -> dict[str, str]:
    return {
        "TIDEGATE_DATA": str(place),
        "TIDEGATE_URL": f"http://localhost:{web}",
        "TIDEGATE_DOMAIN": f"localhost:{routed}",
        "TIDEGATE_GUARD": "off",  # a rehearsal leaves the machine's packet filter as it is
        "TIDEGATE_ROUTER_BIND": f"127.0.0.1:{routed}",
        "TIDEGATE_SECRET_KEY": Fernet.generate_key().decode(),
        "REDIS_URL": f"unix://{product.redis_socket(place)}",
        # The App's private key and the sample's tokens are for nobody else on the network.
        "GUNICORN_CMD_ARGS": f"--bind 127.0.0.1:{web}",
    }
