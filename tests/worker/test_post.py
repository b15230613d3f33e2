"""What leaves by HTTP goes to the address that was judged and no other, and comes to an end."""

from __future__ import annotations

import json
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from ipaddress import ip_address, ip_network
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.silent_server import SilentServer
from tests.webapp.product import free_port
from tests.worker.raw_server import RawServer
from tidegate.hosts import Host
from worker.outside import NotThere, Outside, is_own
from worker.post import post

HERE = (ip_network("127.0.0.0/8"),)
BODY = b'{"type":"deploy.live"}'


class _Receiver(BaseHTTPRequestHandler):
    got: list[tuple[str, str | None, object]]

    def do_POST(self) -> None:
        told = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.got.append((self.path, self.headers["Host"], told))
        self.send_response(int(self.path.rpartition("/")[2]))
        self.send_header("Location", "/elsewhere/200")
        self.send_header("Retry-After", "7")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Nobody reads it."""


@contextmanager
def receiver(tls: ssl.SSLContext | None = None) -> Iterator[int]:
    """Its port."""
    _Receiver.got = []
    with HTTPServer(("127.0.0.1", 0), _Receiver) as server:
        if tls:
            server.socket = tls.wrap_socket(server.socket, server_side=True)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_port
        server.shutdown()


class Names:
    """A name service that gives each of its answers in turn, the last again and again."""

    def __init__(self, *answers: list[str]) -> None:
        self.answers = list(answers)
        self.asked: list[tuple[str, int]] = []

    def __call__(self, host: str, port: int) -> list[str]:
        self.asked.append((host, port))
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


@pytest.mark.parametrize(
    ("status", "ok", "gone"),
    [(200, True, False), (204, True, False), (302, False, False), (410, False, True), (503, False, False)],
)
def test_what_it_answers(status: int, ok: bool, gone: bool) -> None:
    with receiver() as port:
        answer = post(
            Outside(HERE, ()), f"http://127.0.0.1:{port}/hush/{status}?a=b/{status}", {"webhook-id": "m"}, BODY
        )
    assert (answer.ok, answer.gone, answer.detail.split()[0], answer.retry_after) == (ok, gone, str(status), 7.0)
    assert len(_Receiver.got) == 1, "told once: a redirect is an answer"
    assert "hush" not in answer.detail


def test_a_name_that_leads_elsewhere_the_next_time_is_asked_once() -> None:
    """DNS rebinding: what was judged is what is connected to."""
    names = Names(["127.0.0.1"], ["127.0.0.2"])
    with receiver() as port:
        answer = post(Outside(HERE, (), names), f"http://hooks.test:{port}/200", {}, BODY)
    assert answer.ok, answer.detail
    assert names.asked == [("hooks.test", port)]
    assert _Receiver.got == [("/200", f"hooks.test:{port}", json.loads(BODY))]


@pytest.mark.parametrize("found", [["127.0.0.1"], ["93.184.215.14", "10.0.0.1"], ["::1"], ["169.254.169.254"]])
def test_what_leads_to_our_own_networks_is_not_connected_to(found: list[str]) -> None:
    with receiver() as port:
        answer = post(Outside((), (), Names(found)), f"https://hooks.test:{port}/200", {}, BODY)
    assert not answer.ok
    assert "no public address; the operator can allow it" in answer.detail
    assert _Receiver.got == []


def test_our_machines_are_ours_by_whatever_address() -> None:
    assert is_own(ip_address("127.0.0.1"))
    assert not is_own(ip_address("93.184.215.14"))
    outside = Outside((), [Host("there", "tcp://203.0.114.9:2376", "us")], Names(["203.0.114.9"]))
    with pytest.raises(NotThere, match="our own"):
        outside.lead("https://hooks.test/")


def test_what_cannot_be_reached_says_so_without_the_address() -> None:
    def nowhere(host: str, port: int) -> list[str]:
        raise OSError

    assert "resolved" in post(Outside(HERE, (), nowhere), "https://hush.test/", {}, BODY).detail
    answer = post(Outside(HERE, ()), f"http://127.0.0.1:{free_port()}/hush", {}, BODY)
    assert (answer.ok, answer.detail) == (False, "ConnectError")


def test_one_that_never_answers_is_given_up_in_its_time() -> None:
    with SilentServer(hangs=True).up() as server:
        answer = post(Outside(HERE, ()), f"http://127.0.0.1:{server.port}/", {}, BODY, timeout=0.2)
    assert answer.detail == "no answer within 0.2 s"


def test_one_that_drips_is_given_up_too() -> None:
    """Each byte comes within any limit between two bytes; the time is for all of it."""

    def drips(connection: socket.socket, over: threading.Event) -> None:
        while not over.wait(0.05):
            connection.sendall(b"H")

    with RawServer(drips).serving() as server:
        answer = post(Outside(HERE, ()), f"http://127.0.0.1:{server.port}/", {}, BODY, timeout=0.25)
    assert answer.detail == "no answer within 0.25 s"


def test_the_certificate_is_the_names_though_the_address_is_connected_to(tmp_path: Path) -> None:
    certificate = _certificate(tmp_path, "hooks.test")
    served = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    served.load_cert_chain(certificate)
    trusted = ssl.create_default_context(cafile=certificate)
    with receiver(served) as port:
        outside = Outside(HERE, (), Names(["127.0.0.1"]))
        fine = post(outside, f"https://hooks.test:{port}/200", {}, BODY, tls=trusted)
        other = post(outside, f"https://other.test:{port}/200", {}, BODY, tls=trusted)
        unknown = post(outside, f"https://hooks.test:{port}/200", {}, BODY)
    assert (fine.ok, other.ok, unknown.ok) == (True, False, False), (fine.detail, other.detail)


def _certificate(folder: Path, name: str) -> Path:
    """Signed by itself, with its key in the same file."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    path = folder / "certificate.pem"
    path.write_bytes(private + made.public_bytes(pem))
    return path
