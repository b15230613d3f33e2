"""The configuration as HAProxy itself judges it."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.worker.router.authority import Authority
from tidegate.door import Tls
from worker.router.config import haproxy_cfg, hosts_map
from worker.router.layout import Layout, Server
from worker.router.process import command

LAYOUT = Layout(
    slots=3,
    hosts={"shop.test": "slot_1", "new.test": "nothing_live"},
    servers={1: (Server("dep-a", "10.0.0.1", 3000), Server("dep-a", "fd00::1", 3000))},
)


@pytest.mark.parametrize("identity", [None, ("nobody", "nogroup")])
@pytest.mark.parametrize("bind", ["127.0.0.1:8080", "0.0.0.0:80,[::]:80"])
def test_haproxy_takes_it_without_a_warning(tmp_path: Path, bind: str, identity: tuple[str, str] | None) -> None:
    (tmp_path / "haproxy.cfg").write_text(haproxy_cfg(LAYOUT, bind, identity))
    (tmp_path / "hosts.map").write_text(hosts_map(LAYOUT))
    program = command(tmp_path)[0]
    line = [program, "-c", "-dW", "-C", str(tmp_path), "-f", "haproxy.cfg"]
    checked = subprocess.run(line, capture_output=True, text=True, timeout=60, check=False)
    assert checked.returncode == 0, checked.stderr
    assert "WARNING" not in checked.stderr


def test_haproxy_takes_it_with_tls_without_a_warning(tmp_path: Path) -> None:
    tls = Tls("127.0.0.1:8443,[::1]:8443", "elsewhere", None, "deploy.test", "127.0.0.1:8000")
    (tmp_path / "certificates").mkdir()
    (tmp_path / "certificates" / "apps.pem").write_bytes(Authority().pem("apps.test"))
    (tmp_path / "haproxy.cfg").write_text(haproxy_cfg(LAYOUT, "127.0.0.1:8080", None, tls))
    (tmp_path / "hosts.map").write_text(hosts_map(LAYOUT))
    line = [command(tmp_path)[0], "-c", "-dW", "-C", str(tmp_path), "-f", "haproxy.cfg"]
    checked = subprocess.run(line, capture_output=True, text=True, timeout=60, check=False)
    assert checked.returncode == 0, checked.stderr
    assert "WARNING" not in checked.stderr


def test_servers_and_hosts_are_written_into_their_slots() -> None:
    config = haproxy_cfg(LAYOUT, "127.0.0.1:8080", None)
    assert config.endswith("""\
backend slot_0
backend slot_1
    server dep-a_10.0.0.1:3000 10.0.0.1:3000 pool-purge-delay 200ms
    server dep-a_fd00::1:3000 [fd00::1]:3000 pool-purge-delay 200ms
backend slot_2
""")
    assert hosts_map(LAYOUT) == "shop.test slot_1\nnew.test nothing_live\n"
