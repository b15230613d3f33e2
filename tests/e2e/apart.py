"""A second Docker Engine, as if on another machine: in a network of its own, reached over a link that can be cut, by
mutual TLS. It needs root, as the engine does, and leaves nothing."""

from __future__ import annotations

import ipaddress
import secrets
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from tests.e2e.waiting import wait_for

#: Seconds for the engine to come up, and to end.
_PATIENCE = 30


@dataclass(frozen=True)
class Apart:
    """`address` is the far end of the link; `certificates` the directory for a client; `socket` where who is on the
    machine itself finds it; `namespace` its network's name, `link` that of the link in it."""

    address: str
    certificates: Path
    socket: Path
    namespace: str
    link: str

    @property
    def inside(self) -> tuple[str, ...]:
        """Begins a command that is run there."""
        return ("nsenter", f"--net=/run/netns/{self.namespace}")

    @property
    def url(self) -> str:
        return f"tcp://{self.address}:2376"

    def cut(self) -> None:
        """Not a packet passes any more; what runs there goes on. At the far end: without the near one, packets would
        take another way."""
        _run(*self.inside, "ip", "link", "set", self.link, "down")

    def mend(self) -> None:
        _run(*self.inside, "ip", "link", "set", self.link, "up")

    def docker(self, *words: str) -> str:
        """What the command prints; "" where it fails."""
        options = (f"--host={self.url}", "--tlsverify", *(f"--tls{each}" for each in self._files()))
        return subprocess.run(("docker", *options, *words), capture_output=True, text=True, check=False).stdout.strip()

    def instances(self, sha: str) -> list[str]:
        """Ids of those of that commit."""
        labels = (f"--filter=label=tidegate.sha={sha}", "--filter=label=tidegate.role=instance")
        return self.docker("ps", "--quiet", *labels).split()

    def _files(self) -> tuple[str, ...]:
        place = self.certificates
        return f"cacert={place / 'ca.pem'}", f"cert={place / 'cert.pem'}", f"key={place / 'key.pem'}"


@contextmanager
def engine_apart(place: Path) -> Iterator[Apart]:
    """Answers within the block; gone after it, with all that it had."""
    name = f"tga{secrets.token_hex(3)}"
    number = secrets.randbelow(200) + 20
    near, far = f"10.231.{number}.1", f"10.231.{number}.2"
    with ExitStack() as stack:
        _run("ip", "netns", "add", name)
        stack.callback(_run, "ip", "netns", "delete", name)
        _run("ip", "link", "add", f"{name}h", "type", "veth", "peer", "name", f"{name}c", "netns", name)
        _run("ip", "address", "add", f"{near}/24", "dev", f"{name}h")
        _run("ip", "link", "set", f"{name}h", "up")
        server, client = _certificates(place, far)
        apart = Apart(far, client, place / "docker.sock", name, f"{name}c")
        _run(*apart.inside, "ip", "address", "add", f"{far}/24", "dev", apart.link)
        for link in ("lo", apart.link):
            _run(*apart.inside, "ip", "link", "set", link, "up")
        stack.enter_context(_daemon(place, apart, server))
        yield apart


@contextmanager
def _daemon(place: Path, apart: Apart, certificates: Path) -> Iterator[None]:
    data, pid = place / "data", place / "dockerd.pid"
    tls = (f"--tlscacert={certificates / 'ca.pem'}", f"--tlscert={certificates / 'cert.pem'}")
    options = ("--tlsverify", *tls, f"--tlskey={certificates / 'key.pem'}", f"--host={apart.url}")
    local = f"--host=unix://{apart.socket}"
    places = (f"--data-root={data}", f"--exec-root={place / 'exec'}", f"--pidfile={pid}")

    def said() -> str:
        return (place / "dockerd.log").read_text()[-2000:]

    with (place / "dockerd.log").open("wb") as log:
        daemon = subprocess.Popen((*apart.inside, "dockerd", *options, local, *places), stdout=log, stderr=log)
        try:
            wait_for(lambda: apart.docker("version", "--format", "ok") == "ok", "the engine", _PATIENCE, said)
            yield
        finally:
            apart.mend()
            for container in apart.docker("ps", "--all", "--quiet").split():
                apart.docker("rm", "--force", container)
            daemon.send_signal(signal.SIGTERM)
            with suppress(subprocess.TimeoutExpired):
                daemon.wait(_PATIENCE)
            daemon.kill()
            daemon.wait()
            shutil.rmtree(data, ignore_errors=True)


def _run(*command: str) -> None:
    subprocess.run(command, capture_output=True, check=True)


def _certificates(place: Path, address: str) -> tuple[Path, Path]:
    """Directories for the server and for a client, of one authority."""
    key, subject = ec.generate_private_key(ec.SECP256R1()), _called("Tidegate's test")
    is_authority = x509.BasicConstraints(ca=True, path_length=0)
    ca = _builder(subject, subject, key).add_extension(is_authority, critical=True).sign(key, hashes.SHA256())
    found = []
    for name, usage in (("server", ExtendedKeyUsageOID.SERVER_AUTH), ("client", ExtendedKeyUsageOID.CLIENT_AUTH)):
        own = ec.generate_private_key(ec.SECP256R1())
        names = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(address))])
        wanted = _builder(_called(name), subject, own).add_extension(x509.ExtendedKeyUsage([usage]), critical=False)
        signed = wanted.add_extension(names, critical=False).sign(key, hashes.SHA256())
        directory = place / name
        directory.mkdir()
        (directory / "ca.pem").write_bytes(ca.public_bytes(serialization.Encoding.PEM))
        (directory / "cert.pem").write_bytes(signed.public_bytes(serialization.Encoding.PEM))
        (directory / "key.pem").write_bytes(
            own.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
        )
        found.append(directory)
    return found[0], found[1]


def _called(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def _builder(subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=1))
    )
