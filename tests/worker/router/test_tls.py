"""TLS at a real proxy: certificates from files, renewed while requests go on; plain http only leads to https."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from cryptography import x509

from tests.load import load
from tests.worker.router.authority import Authority, put, serial
from tests.worker.router.origins import Origins
from tests.worker.router.proxy import Proxy, free_port, wait_until
from tests.worker.router.service import HOST, Service
from tidegate.door import Tls

DASHBOARD = "deploy.test"
NAMES = (HOST, DASHBOARD, "unknown.test")


@dataclass
class Secure:
    """A service behind a proxy with certificates for it and for the dashboard, which the server `web` stands for."""

    authority: Authority
    files: Path
    port: int
    service: Service

    def ask(self, host: str, path: str = "/", header: str = "") -> httpx.Response:
        """`header`: the request's Host, where it is written in another way."""
        url = f"https://127.0.0.1:{self.port}{path}"
        with httpx.Client(verify=self.authority.trusting(), trust_env=False, timeout=20) as client:
            return client.get(url, headers={"Host": header or host}, extensions={"sni_hostname": host})

    def met(self, host: str) -> ssl.SSLSocket:
        """To be closed."""
        context = self.authority.trusting()
        context.set_alpn_protocols(["h2", "http/1.1"])
        return context.wrap_socket(socket.create_connection(("127.0.0.1", self.port), 20), server_hostname=host)

    def served(self, host: str) -> int:
        """The serial number of the certificate that it is met with."""
        with self.met(host) as connection:
            told = connection.getpeercert(binary_form=True)
            assert told
            return x509.load_der_x509_certificate(told).serial_number

    def renew(self) -> int:
        """The file, as a renewal does it; the new one's serial number."""
        renewed = self.authority.pem(*NAMES)
        put(self.files / "apps.pem", renewed)
        return serial(renewed)


@pytest.fixture
def secure(tmp_path: Path, servers: Origins) -> Iterator[Secure]:
    authority, files = Authority(), tmp_path / "files"
    files.mkdir()
    put(files / "apps.pem", authority.pem(*NAMES))
    address, port = servers.start("the dashboard")
    tls = Tls(f"127.0.0.1:{free_port()}", str(files), 8443, DASHBOARD, f"{address}:{port}")
    proxy = Proxy(tmp_path, tls)
    proxy.start()
    made = Secure(authority, files, int(tls.bind.rpartition(":")[2]), Service(proxy, servers))
    made.service.deploy("one")
    yield made
    proxy.stop()


def test_services_and_the_dashboard_are_served_by_https(secure: Secure) -> None:
    assert secure.ask(HOST).text == "one"
    assert secure.ask(DASHBOARD).text == "the dashboard"
    assert secure.ask(DASHBOARD, header="Deploy.TEST.:8443").text == "the dashboard"
    assert secure.ask("unknown.test").status_code == 404
    assert "x-forwarded-proto: https" in secure.ask(HOST, "/headers").text.lower()


def test_plain_http_only_leads_there(secure: Secure) -> None:
    for method in ("GET", "POST"):
        with secure.service.proxy.client() as client:
            client.request(method, "/a%20b?c=d", headers={"Host": f"{HOST}:8080"})
            answer = client.getresponse()
            answer.read()
            assert answer.status == 308, "and a POST stays one"
            assert answer.headers["Location"] == f"https://{HOST}:8443/a%20b?c=d"


def test_of_today_s_protocols_the_newest_is_spoken(secure: Secure) -> None:
    with secure.met(HOST) as connection:
        assert (connection.version(), connection.selected_alpn_protocol()) == ("TLSv1.3", "h2")


def test_a_renewed_certificate_is_taken_without_a_lost_request(secure: Secure) -> None:
    with load(f"https://127.0.0.1:{secure.port}/", HOST, connections=16) as visitors:
        for _ in range(3):
            renewed = secure.renew()
            secure.service.apply()
            wait_until(lambda: secure.served(HOST) == renewed)  # noqa: B023 - waited for here
        seen = visitors.result()
    assert seen.requests > 100
    assert seen.failed == 0, seen


def test_one_that_is_added_and_one_that_is_taken_away(secure: Secure) -> None:
    first = secure.served(HOST)
    own = secure.authority.pem("shop.example.com")
    put(secure.files / "shop.pem", own)
    secure.service.apply()
    wait_until(lambda: secure.served("shop.example.com") == serial(own))
    assert secure.served(HOST) == first
    (secure.files / "shop.pem").unlink()
    secure.service.apply()
    wait_until(lambda: _untrusted(secure, "shop.example.com"))


def _untrusted(secure: Secure, host: str) -> bool:
    try:
        secure.served(host)
    except ssl.SSLCertVerificationError:
        return True
    return False


def test_what_is_torn_changes_nothing_not_even_over_a_restart(secure: Secure) -> None:
    first = secure.served(HOST)
    whole = secure.authority.pem(*NAMES)
    key = whole[whole.index(b"-----BEGIN PRIVATE KEY") :]
    good = (secure.files / "apps.pem").read_bytes()
    certificate = good[: good.index(b"-----BEGIN PRIVATE KEY")]
    for torn in (b"", b"nonsense", certificate, key, certificate + key, whole[:200]):
        put(secure.files / "apps.pem", torn)
        secure.service.deploy("two")
        assert secure.served(HOST) == first
    secure.service.proxy.stop()
    secure.service.proxy.start()
    assert secure.served(HOST) == first
    (secure.files / "apps.pem").unlink()
    secure.service.apply()
    assert secure.served(HOST) == first, "a directory that is empty takes nothing away"


def test_its_keys_are_for_nobody_else(secure: Secure) -> None:
    held = secure.service.proxy.directory / "certificates"
    assert held.stat().st_mode & 0o077 == 0
    assert all(each.stat().st_mode & 0o077 == 0 for each in held.iterdir())


@pytest.mark.parametrize("text", [None, b"", b"nonsense"])
def test_without_any_certificate_it_does_not_start_and_says_why(tmp_path: Path, text: bytes | None) -> None:
    files = tmp_path / "files"
    files.mkdir()
    if text is not None:
        (files / "apps.pem").write_bytes(text)
    tls = Tls(f"127.0.0.1:{free_port()}", str(files), None, DASHBOARD, "127.0.0.1:1")
    refusal = Proxy(tmp_path, tls).refusal()
    assert f"{files} (TIDEGATE_TLS) has no certificate: " in refusal
    assert ("apps.pem" if text is not None else "no file *.pem") in refusal
