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

from tidegate.door import Tls
from worker.router import certificates
from worker.router.config import CERTIFICATES, haproxy_cfg, hosts_map
from worker.router.layout import Layout, Server
from worker.router.plan import HOSTS_MAP

HAPROXY_CFG = "haproxy.cfg"
_LAYOUT = "layout.json"


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
        self._write(HAPROXY_CFG, haproxy_cfg(layout, self._bind, _identity(), self._tls))

    def renew(self) -> bool:
        """Takes the certificates as they are now; whether the proxy has to be told, which it has until told(). Raises
        Unusable where it would be left with none."""
        if self._tls is None:
            return False
        if certificates.renew(Path(self._tls.certificates), self.directory / CERTIFICATES):
            self._untold.touch()
        return self._untold.exists()

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
