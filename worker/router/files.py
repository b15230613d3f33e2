"""The proxy's directory: the last layout, the files that HAProxy reads, and the lock of whoever changes either."""

from __future__ import annotations

import fcntl
import grp
import json
import os
import pwd
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import structlog

from tidegate.door import Tls
from worker.authority import place
from worker.router import certificates
from worker.router.certificates import Unusable
from worker.router.config import CERTIFICATES, haproxy_cfg, hosts_map
from worker.router.layout import Layout, Server
from worker.router.plan import HOSTS_MAP

HAPROXY_CFG = "haproxy.cfg"
_LAYOUT = "layout.json"

_log = structlog.get_logger(__name__)


class RouterFiles:
    """`layout.json` is the one that counts; the other two are written from it, and again before every start, so that a
    crash between two of them leaves nothing behind."""

    def __init__(self, directory: Path, bind: str, tls: Tls | None = None) -> None:
        self.directory = directory
        self._bind = bind
        self._tls = tls

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Waits for its turn among all processes and threads that change this proxy."""
        self.directory.mkdir(parents=True, exist_ok=True)
        with (self.directory / "lock").open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def load(self) -> Layout:
        """The last layout saved; an empty one where there is none that can be read, since the next apply brings all."""
        try:
            saved = json.loads((self.directory / _LAYOUT).read_text())
            servers = {int(slot): tuple(Server(*s) for s in servers) for slot, servers in saved["servers"].items()}
            return Layout(saved["slots"], saved["cursor"], saved["hosts"], servers)
        except (FileNotFoundError, ValueError, KeyError, TypeError):
            return Layout()

    def save(self, layout: Layout) -> None:
        self._write(_LAYOUT, json.dumps(vars(layout)))
        self._write(HOSTS_MAP, hosts_map(layout))
        self._write(HAPROXY_CFG, haproxy_cfg(layout, self._bind, _identity(), self._tls, self._thumbprint()))

    def renew(self) -> bool:
        """Takes the certificates as they are now; whether the proxy has to be told, which it has until told(). Raises
        Unusable where it would be left with none."""
        if self._tls is None:
            return False
        if self._tls.acme is not None:
            self._be_known()
        if self._tls.certificates is not None and self._files_changed(self._tls.certificates):
            self._untold.touch()
        return self._untold.exists()

    def _files_changed(self, source: str) -> bool:
        assert self._tls is not None
        try:
            return certificates.renew(Path(source), self._held)
        except Unusable as trouble:
            if self._tls.acme is None:
                raise
            _log.warning("certificates come from the authority alone", trouble=str(trouble))
            return False

    def _be_known(self) -> None:
        """Before the authority is asked, its challenges can be answered; before it answers, there is something to
        begin with."""
        if not place.is_whole(self.directory):
            self._untold.touch()
            # Here, for memory: once for each installation.
            from worker.authority.files import AuthorityFiles
            from worker.authority.identity import ensure

            ensure(AuthorityFiles(self.directory))

    def _thumbprint(self) -> str | None:
        return None if self._tls is None or self._tls.acme is None else place.thumbprint(self.directory)

    @contextmanager
    def changing_certificates(self) -> Iterator[None]:
        """Those from the authority; the proxy is told with the next apply. Also where who changes them is killed: the
        mark is there before, and taken away under the same lock."""
        with self.lock():
            self._untold.touch()
            yield

    def certificates(self) -> list[bytes]:
        """Those from files that the proxy has."""
        return [] if self._held_from is None else certificates.good(self._held)

    def certificates_seen(self) -> str:
        """By what a change of them is known."""
        return "" if self._held_from is None else certificates.seen(self._held)

    @property
    def _held_from(self) -> str | None:
        return None if self._tls is None else self._tls.certificates

    @property
    def _held(self) -> Path:
        return self.directory / CERTIFICATES

    def told(self) -> None:
        """The proxy has read its certificates since they were renewed."""
        self._untold.unlink(missing_ok=True)

    @property
    def _untold(self) -> Path:
        """There while the proxy may have older certificates than we: whoever was to tell it may be killed before."""
        return self.directory / "renewed"

    def _write(self, name: str, text: str) -> None:
        path = self.directory / name
        if path.exists() and path.read_text() == text:
            return
        new = path.with_suffix(".new")
        new.write_text(text)
        new.replace(path)


def _identity() -> tuple[str, str] | None:
    """Who the proxy becomes after root opened its sockets: the package's own user, else nobody."""
    if os.geteuid() != 0:
        return None
    try:
        user = pwd.getpwnam("haproxy")
    except KeyError:
        user = pwd.getpwnam("nobody")
    return user.pw_name, grp.getgrgid(user.pw_gid).gr_name
