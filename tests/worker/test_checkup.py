"""The check-up on real sockets: what answers is told from what doesn't, and one look that breaks spoils no other."""

from __future__ import annotations

import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from ssl import PROTOCOL_TLS_SERVER, SSLContext

import pytest
import yaml

from tests.tidegate.test_settings import read
from tests.worker.house import House
from tests.worker.router.authority import Authority
from tidegate import setup
from worker.checkup import address
from worker.checkup.run import check_up
from worker.clock import SystemClock
from worker.router.pages import UNKNOWN

NOTHING = "http://127.0.0.1:1"
NOWHERE = {"REDIS_URL": "redis://127.0.0.1:1/0", "TIDEGATE_URL": NOTHING, "GITHUB_API_URL": NOTHING}
MANIFEST = yaml.safe_load(setup.MANIFEST.read_text())


@contextmanager
def server(
    status: int = 200, text: str = "", ahead: timedelta = timedelta(), tls: SSLContext | None = None
) -> Iterator[int]:
    """Answers everything so, with a Date that is `ahead` of ours; its port."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text.encode())

        def date_time_string(self, timestamp: float | None = None) -> str:
            return format_datetime(SystemClock().now() + ahead, usegmt=True)

        def log_message(self, *_: object) -> None:
            """Nobody reads it."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as http:
        if tls is not None:
            http.socket = tls.wrap_socket(http.socket, server_side=True)
        thread = threading.Thread(target=http.serve_forever, args=(0.01,))
        thread.start()
        yield http.server_port
        http.shutdown()
        thread.join()


def test_what_is_down_keeps_nothing_else_from_being_looked_at(tmp_path: Path) -> None:
    house = House(tmp_path, **NOWHERE)
    house.engine.cut()
    lines = {line.subject: line for line in check_up(house.parts, MANIFEST)}
    house.store.close()
    assert [subject for subject, line in lines.items() if line.ok] == ["versions", "store", "disk", "TLS"]
    assert [subject for subject, line in lines.items() if not line.ok] == [
        "Redis",
        "workers",
        "router",
        "Docker host local",
        "clock",
        "address",
        "DNS",
        "GitHub App",
    ]
    assert all(line.todo for line in lines.values() if not line.ok)


@pytest.mark.parametrize(("status", "ok"), [(200, True), (404, False), (502, False)])
def test_its_own_address(status: int, ok: bool) -> None:
    with server(status) as port:
        line = address.own_address(read(TIDEGATE_URL=f"http://127.0.0.1:{port}"))
    assert line.ok is ok


@pytest.mark.parametrize(("text", "ok"), [(UNKNOWN, True), ("It works!", False)])
def test_names_below_the_domain_lead_to_the_router_or_elsewhere(text: str, ok: bool) -> None:
    with server(404, text) as port:
        line = address.wildcard(read(TIDEGATE_URL="http://localhost", TIDEGATE_DOMAIN=f"apps.localhost:{port}"))
    assert line.ok is ok
    assert "127.0.0.1" in line.said


def test_names_by_https_need_a_certificate_of_their_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    authority, pem = Authority(), tmp_path / "server.pem"
    for name, ok in (("*.apps.localhost", True), ("elsewhere.test", False)):
        pem.write_bytes(authority.pem(name))
        tls = SSLContext(PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(pem)
        (tmp_path / "ca.pem").write_bytes(authority.certificate)
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
        with server(404, UNKNOWN, tls=tls) as port:
            line = address.wildcard(read(TIDEGATE_DOMAIN=f"apps.localhost:{port}"))
        assert line.ok is ok
        assert ok or "not valid for 'tidegate-doctor.apps.localhost'" in line.said


def test_names_that_nobody_has_need_none_where_an_authority_gives_them(tmp_path: Path) -> None:
    (tmp_path / "server.pem").write_bytes(Authority().pem("elsewhere.test"))
    tls = SSLContext(PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(tmp_path / "server.pem")
    with server(404, UNKNOWN, tls=tls) as port:
        line = address.wildcard(read(TIDEGATE_DOMAIN=f"apps.localhost:{port}", TIDEGATE_ACME="letsencrypt"))
    assert line.ok, line


def test_names_that_lead_nowhere() -> None:
    line = address.wildcard(read(TIDEGATE_DOMAIN="tidegate.invalid"))
    assert "have no address" in line.said


@pytest.mark.parametrize(("ahead", "ok"), [(0, True), (-90, False), (90, False)])
def test_our_clock_beside_github_s(ahead: int, ok: bool) -> None:
    with server(404, ahead=timedelta(seconds=ahead)) as port:
        line = address.github_time(read(GITHUB_API_URL=f"http://127.0.0.1:{port}"), SystemClock())
    assert line.ok is ok
    assert ok or ("ahead of" if ahead < 0 else "behind") in line.said


def test_a_certificate_that_nobody_trusts_and_one_that_is_trusted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pem = tmp_path / "both.pem"
    make = ("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "9", "-subj", "/CN=localhost")
    names = ("-addext", "subjectAltName=DNS:localhost", "-keyout", str(pem), "-out", str(tmp_path / "crt.pem"))
    subprocess.run((*make, *names), check=True, capture_output=True)
    pem.write_text(pem.read_text() + (tmp_path / "crt.pem").read_text())
    tls = SSLContext(PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(pem)
    with server(tls=tls) as port:
        own = read(TIDEGATE_URL=f"https://localhost:{port}")
        assert "can't be trusted" in address.certificate(own, SystemClock()).said
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "crt.pem"))
        assert "ends in 9 days" in address.certificate(own, SystemClock()).said


def test_each_certificate_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "apps.pem").write_bytes(Authority().pem("apps.test"))
    (tmp_path / "torn.pem").write_bytes(b"nonsense")
    lines = list(address.certificate_files(read(TIDEGATE_TLS=str(tmp_path)), SystemClock()))
    assert [line.said.partition(":")[0] for line in lines] == ["apps.pem ends in 9 days", "torn.pem can't be used"]
    assert list(address.certificate_files(read(), SystemClock())) == []
