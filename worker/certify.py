"""Certificates from the authority, as far as the watch goes: is one due, then a process of its own asks for it, so that
what speaks the protocol is in memory no longer than that.
"""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

import structlog

from tidegate import certificate
from tidegate.certificate import Known
from tidegate.door import Tls
from tidegate.settings import Settings
from tidegate.store import Store
from worker.authority.files import AuthorityFiles
from worker.parts import Parts
from worker.ports import Clock
from worker.router.files import RouterFiles

COMMAND = (sys.executable, "-m", "worker", "certificates")
#: Seconds between two looks at whether that process shall end.
_LOOK = 0.2

_log = structlog.get_logger(__name__)


def certify(parts: Parts, stop: threading.Event, command: Sequence[str] = COMMAND) -> bool:
    """Whether there was something to ask for. Returns when it was, or when `stop` is set; whatever it has by then is
    kept."""
    if not _is_due(parts):
        return False
    with subprocess.Popen(command) as asking:
        while asking.poll() is None and not stop.wait(_LOOK):
            pass
        asking.terminate()
    if asking.returncode > 0:
        _log.error("asking for certificates broke", status=asking.returncode)
    return True


def wanted(store: Store, settings: Settings, tls: Tls) -> tuple[str, ...]:
    return certificate.names(store.environments.routes(), settings.domain, tls.dashboard)


def known(settings: Settings) -> Known | None:
    """None: it is to be looked at (again), since nothing was noted, certificates from files have changed, or what
    was had is lost."""
    acme = settings.router.acme
    if acme is None:
        return None
    files = AuthorityFiles(Path(settings.router.directory))
    noted = files.known(acme.directory)
    if noted is None or noted.seen != router_files(settings).certificates_seen() or not files.has(noted.held):
        return None
    return noted


def router_files(settings: Settings) -> RouterFiles:
    router = settings.router
    return RouterFiles(Path(router.directory), router.bind, router.tls)


def ask(store: Store, settings: Settings, clock: Clock) -> None:
    """One pass. Loads what speaks the protocol."""
    from worker.authority.client import Authority
    from worker.authority.identity import account
    from worker.authority.run import Pass

    tls = settings.router.tls
    if tls is None or tls.acme is None:
        return
    acme, files = tls.acme, router_files(settings)
    with files.lock():
        files.renew()
    key = account(AuthorityFiles(files.directory))
    Pass(files, acme, lambda: Authority(acme, key), clock).run(wanted(store, settings, tls))


def _is_due(parts: Parts) -> bool:
    tls = parts.settings.router.tls
    if tls is None or tls.acme is None:
        return False
    noted = known(parts.settings)
    return noted is None or bool(certificate.due(wanted(parts.store, parts.settings, tls), noted, parts.clock.now()))
